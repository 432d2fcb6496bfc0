/** A row of `spans` turned back into the OTLP span that it was made from. */
import type { AnyValue, KeyValue, Span, SpanEvent, SpanKindNumber, SpanLink, StatusCodeNumber } from '@sightline/wire';

/** Ids in hex; 64-bit integers as decimal strings. */
export interface SpanRow {
  trace_id: string;
  span_id: string;
  parent_span_id: string;
  trace_state: string;
  flags: number;
  name: string;
  kind: SpanKindNumber;
  start_unix_nano: string;
  end_unix_nano: string;
  status_code: StatusCodeNumber;
  status_message: string;
  attr_string: Record<string, string>;
  attr_int: Record<string, string>;
  attr_double: Record<string, number | string>;
  attr_bool: Record<string, boolean>;
  attr_other: Record<string, string>;
  dropped_attributes: number;
  event_time: string[];
  event_name: string[];
  event_attributes: string[];
  event_dropped: number[];
  dropped_events: number;
  link_trace_id: string[];
  link_span_id: string[];
  link_trace_state: string[];
  link_attributes: string[];
  link_dropped: number[];
  link_flags: number[];
  dropped_links: number;
  resource_string: Record<string, string>;
  resource_int: Record<string, string>;
  resource_double: Record<string, number | string>;
  resource_bool: Record<string, boolean>;
  resource_other: Record<string, string>;
  resource_dropped: number;
  resource_schema_url: string;
  scope_name: string;
  scope_version: string;
  scope_attributes: string;
  scope_dropped: number;
  scope_schema_url: string;
}

/** For a SELECT that gives `SpanRow`s. */
export const spanRowColumns: string = `
  lower(hex(trace_id)) AS trace_id, lower(hex(span_id)) AS span_id, lower(hex(parent_span_id)) AS parent_span_id,
  trace_state, flags, name, kind, start_unix_nano, end_unix_nano, status_code, status_message,
  attr_string, attr_int, attr_double, attr_bool, attr_other, dropped_attributes,
  event_time, event_name, event_attributes, event_dropped, dropped_events,
  arrayMap(id -> lower(hex(id)), link_trace_id) AS link_trace_id,
  arrayMap(id -> lower(hex(id)), link_span_id) AS link_span_id,
  link_trace_state, link_attributes, link_dropped, link_flags, dropped_links,
  resource_string, resource_int, resource_double, resource_bool, resource_other, resource_dropped, resource_schema_url,
  scope_name, scope_version, scope_attributes, scope_dropped, scope_schema_url`;

const noSpan = '0000000000000000';

/** What the protocol leaves out where it is zero or empty is left out here too. */
export function spanOf(row: SpanRow): Span {
  const status = {
    ...(row.status_message ? { message: row.status_message } : {}),
    ...(row.status_code ? { code: row.status_code } : {}),
  };
  const attributes = attributesOf(row.attr_string, row.attr_int, row.attr_double, row.attr_bool, row.attr_other);
  return {
    traceId: row.trace_id,
    spanId: row.span_id,
    ...(row.trace_state ? { traceState: row.trace_state } : {}),
    ...(row.parent_span_id === noSpan ? {} : { parentSpanId: row.parent_span_id }),
    ...(row.flags ? { flags: row.flags } : {}),
    name: row.name,
    ...(row.kind ? { kind: row.kind } : {}),
    startTimeUnixNano: row.start_unix_nano,
    endTimeUnixNano: row.end_unix_nano,
    ...(attributes.length > 0 ? { attributes } : {}),
    ...(row.dropped_attributes ? { droppedAttributesCount: row.dropped_attributes } : {}),
    ...(row.event_time.length > 0 ? { events: eventsOf(row) } : {}),
    ...(row.dropped_events ? { droppedEventsCount: row.dropped_events } : {}),
    ...(row.link_trace_id.length > 0 ? { links: linksOf(row) } : {}),
    ...(row.dropped_links ? { droppedLinksCount: row.dropped_links } : {}),
    ...(Object.keys(status).length > 0 ? { status } : {}),
  };
}

/** From the five maps of a span or a resource. Their order among types is lost in the store. */
export function attributesOf(
  strings: Record<string, string>,
  ints: Record<string, string>,
  doubles: Record<string, number | string>,
  bools: Record<string, boolean>,
  others: Record<string, string>,
): KeyValue[] {
  return [
    ...Object.entries(strings).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    ...Object.entries(ints).map(([key, intValue]) => ({ key, value: { intValue } })),
    ...Object.entries(doubles).map(([key, value]) => ({ key, value: { doubleValue: doubleOf(value) } })),
    ...Object.entries(bools).map(([key, boolValue]) => ({ key, value: { boolValue } })),
    ...Object.entries(others).map(([key, json]) => ({ key, value: JSON.parse(json) as AnyValue })),
  ];
}

/** ClickHouse writes `nan`, `inf` and `-inf`. */
function doubleOf(value: number | string): NonNullable<AnyValue['doubleValue']> {
  if (typeof value === 'number') return value;
  if (value.endsWith('nan')) return 'NaN';
  return value.startsWith('-') ? '-Infinity' : 'Infinity';
}

function eventsOf(row: SpanRow): SpanEvent[] {
  return row.event_time.map((timeUnixNano, index) => ({
    timeUnixNano,
    name: row.event_name[index] ?? '',
    ...attributesFromJson(row.event_attributes[index]),
    ...(row.event_dropped[index] ? { droppedAttributesCount: row.event_dropped[index] } : {}),
  }));
}

function linksOf(row: SpanRow): SpanLink[] {
  return row.link_trace_id.map((traceId, index) => ({
    traceId,
    spanId: row.link_span_id[index] ?? noSpan,
    ...(row.link_trace_state[index] ? { traceState: row.link_trace_state[index] } : {}),
    ...attributesFromJson(row.link_attributes[index]),
    ...(row.link_dropped[index] ? { droppedAttributesCount: row.link_dropped[index] } : {}),
    ...(row.link_flags[index] ? { flags: row.link_flags[index] } : {}),
  }));
}

export function attributesFromJson(json: string | undefined): { attributes?: KeyValue[] } {
  const attributes = json ? (JSON.parse(json) as KeyValue[]) : [];
  return attributes.length > 0 ? { attributes } : {};
}
