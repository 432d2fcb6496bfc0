/**
 * A span as JSON text: what `JSON.stringify` gives, but for the order of fields, in a third of the time. That is most of the time that a
 * trace of 100,000 spans takes. Ids and integers need no escapes; keys come again and again.
 */
import type { AnyValue, KeyValue, Span } from '@sightline/wire';

export function spanJson(span: Span): string {
  let json = `{"traceId":"${span.traceId}","spanId":"${span.spanId}"`;
  if (span.parentSpanId !== undefined) json += `,"parentSpanId":"${span.parentSpanId}"`;
  json += `,"name":${JSON.stringify(span.name)}`;
  if (span.kind !== undefined) json += `,"kind":${span.kind}`;
  json += `,"startTimeUnixNano":"${span.startTimeUnixNano}","endTimeUnixNano":"${span.endTimeUnixNano}"`;
  if (span.attributes !== undefined) json += `,"attributes":${attributesJson(span.attributes)}`;
  return `${json}${rareFieldsJson(span)}}`;
}

/** Of which most spans have none. */
const rareFields = [
  'traceState',
  'flags',
  'droppedAttributesCount',
  'events',
  'droppedEventsCount',
  'links',
  'droppedLinksCount',
  'status',
] as const satisfies readonly (keyof Span)[];

function rareFieldsJson(span: Span): string {
  let json = '';
  for (const field of rareFields) {
    const value = span[field];
    if (value !== undefined) json += `,"${field}":${JSON.stringify(value)}`;
  }
  return json;
}

function attributesJson(attributes: readonly KeyValue[]): string {
  let json = '';
  for (const { key, value } of attributes) {
    json += `${json === '' ? '[' : ','}{"key":${keyJson(key)},"value":${valueJson(value)}}`;
  }
  return json === '' ? '[]' : `${json}]`;
}

function valueJson(value: AnyValue): string {
  if (value.stringValue !== undefined) return `{"stringValue":${JSON.stringify(value.stringValue)}}`;
  if (value.intValue !== undefined) return `{"intValue":"${value.intValue}"}`;
  return JSON.stringify(value);
}

const maxKeys = 10_000;
const keys = new Map<string, string>();

function keyJson(key: string): string {
  const known = keys.get(key);
  if (known !== undefined) return known;
  if (keys.size >= maxKeys) keys.clear();
  const json = JSON.stringify(key);
  keys.set(key, json);
  return json;
}
