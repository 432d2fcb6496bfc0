import type { AnyValue, KeyValue } from '@sightline/wire';

/** The maps of a span or a resource as rows of JSON have them. Those that fit no type are OTLP JSON. */
export interface AttributeRecords {
  string?: Record<string, string>;
  int?: Record<string, string>;
  double?: Record<string, number | string>;
  bool?: Record<string, boolean>;
  other?: Record<string, string>;
}

/** Their order among types is lost in the store. */
export function attributesOfRecords({ string, int, double, bool, other }: AttributeRecords): KeyValue[] {
  return [
    ...Object.entries(string ?? {}).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    ...Object.entries(int ?? {}).map(([key, intValue]) => ({ key, value: { intValue } })),
    ...Object.entries(double ?? {}).map(([key, value]) => ({ key, value: { doubleValue: doubleOf(value) } })),
    ...Object.entries(bool ?? {}).map(([key, boolValue]) => ({ key, value: { boolValue } })),
    ...Object.entries(other ?? {}).map(([key, json]) => ({ key, value: JSON.parse(json) as AnyValue })),
  ];
}

/** ClickHouse writes `nan`, `inf` and `-inf`. */
function doubleOf(value: number | string): NonNullable<AnyValue['doubleValue']> {
  if (typeof value === 'number') return value;
  if (value.endsWith('nan')) return 'NaN';
  return value.startsWith('-') ? '-Infinity' : 'Infinity';
}
