/** The attributes of spans and resources, out of their maps by type. */
import type { AnyValue, KeyValue } from '@sightline/wire';
import type { MapColumn } from '../store/store.ts';

type Place = 'attr' | 'resource';

/** Those that fit no type are OTLP JSON. */
export type AttributeColumns = {
  [Name in `${Place}_string` | `${Place}_int` | `${Place}_other`]: MapColumn<string>;
} & {
  [Name in `${Place}_double`]: MapColumn<number>;
} & { [Name in `${Place}_bool`]: MapColumn<boolean> };

/** The order among types is lost in the store. */
export function attributesOf(columns: AttributeColumns, place: Place, row: number): KeyValue[] {
  const attributes: KeyValue[] = [];
  add(attributes, columns[`${place}_string`], row, (stringValue) => ({ stringValue }));
  add(attributes, columns[`${place}_int`], row, (intValue) => ({ intValue }));
  add(attributes, columns[`${place}_double`], row, (value) => ({ doubleValue: doubleOf(value) }));
  add(attributes, columns[`${place}_bool`], row, (boolValue) => ({ boolValue }));
  add(attributes, columns[`${place}_other`], row, (json) => JSON.parse(json) as AnyValue);
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
