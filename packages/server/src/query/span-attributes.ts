/** The attributes of spans and resources, out of their maps by type. */
import type { AnyValue, KeyValue } from '@sightline/wire';
import type { MapColumn } from '../store/store.ts';

/** Those that fit no type are OTLP JSON. */
interface Maps {
  string: MapColumn<string>;
  int: MapColumn<string>;
  double: MapColumn<number>;
  bool: MapColumn<boolean>;
  other: MapColumn<string>;
}

export type AttributeColumns<Whose extends 'attr' | 'resource'> = {
  [Type in keyof Maps as `${Whose}_${Type}`]: Maps[Type];
};

/** The order among types is lost in the store. */
export function attributesOf(columns: AttributeColumns<'attr'>, row: number): KeyValue[] {
  const { attr_string, attr_int, attr_double, attr_bool, attr_other } = columns;
  return attributesIn(
    { string: attr_string, int: attr_int, double: attr_double, bool: attr_bool, other: attr_other },
    row,
  );
}

/** The same of the resource. */
export function resourceAttributesOf(columns: AttributeColumns<'resource'>, row: number): KeyValue[] {
  const { resource_string: string, resource_int: int, resource_double: double } = columns;
  return attributesIn({ string, int, double, bool: columns.resource_bool, other: columns.resource_other }, row);
}

function attributesIn({ string, int, double, bool, other }: Maps, row: number): KeyValue[] {
  const attributes: KeyValue[] = [];
  add(attributes, string, row, (stringValue) => ({ stringValue }));
  add(attributes, int, row, (intValue) => ({ intValue }));
  add(attributes, double, row, (value) => ({ doubleValue: doubleOf(value) }));
  add(attributes, bool, row, (boolValue) => ({ boolValue }));
  add(attributes, other, row, (json) => JSON.parse(json) as AnyValue);
  return attributes;
}

function add<Value>(
  attributes: KeyValue[],
  map: MapColumn<Value>,
  row: number,
  made: (value: Value) => AnyValue,
): void {
  for (let at = map.start(row), end = map.end(row); at < end; at++) {
    attributes.push({ key: map.keys.at(at), value: made(map.values.at(at)) });
  }
}

function doubleOf(value: number): NonNullable<AnyValue['doubleValue']> {
  if (Number.isFinite(value)) return value;
  return String(value) as 'NaN' | 'Infinity' | '-Infinity';
}
