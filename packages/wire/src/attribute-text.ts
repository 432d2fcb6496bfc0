/**
 * Attribute values as text, for formats that have nothing else.
 *
 * @see https://opentelemetry.io/docs/specs/otel/common/#anyvalue-representation-for-non-otlp-protocols
 */
import type { AnyValue, KeyValue } from './otlp.ts';

/** A text as it is, all else as JSON would write it; bytes in base64, the empty value as the empty text. */
export function textOf(value: AnyValue): string {
  return value.stringValue ?? value.bytesValue ?? scalarOf(value) ?? jsonOf(value);
}

/** Integers keep all of their digits, which `JSON.stringify` would not leave them. */
function jsonOf(value: AnyValue): string {
  const { arrayValue, kvlistValue } = value;
  if (arrayValue !== undefined) return `[${arrayValue.values.map(jsonOf).join(',')}]`;
  if (kvlistValue !== undefined) return jsonOfList(kvlistValue.values);
  const text = value.stringValue ?? value.bytesValue;
  if (text !== undefined) return JSON.stringify(text);
  if (typeof value.doubleValue === 'string') return JSON.stringify(value.doubleValue);
  return scalarOf(value) || 'null';
}

export function jsonOfList(attributes: readonly KeyValue[]): string {
  return `{${attributes.map(({ key, value }) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(',')}}`;
}

/** Undefined for what has parts. */
function scalarOf({ boolValue, intValue, doubleValue, arrayValue, kvlistValue }: AnyValue): string | undefined {
  if (arrayValue !== undefined || kvlistValue !== undefined) return undefined;
  return intValue ?? String(boolValue ?? doubleValue ?? '');
}
