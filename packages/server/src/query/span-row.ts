/** Rows of `spans` turned back into the OTLP spans that they were made from. */
import type { KeyValue, Span, SpanEvent, SpanKindNumber, SpanLink, StatusCodeNumber } from '@sightline/wire';
import type { Column, HexColumn, ListColumn, LongColumn, ValueColumn } from '../store/store.ts';
import { type AttributeColumns, attributesOf } from './span-attributes.ts';

/** Ids in hex; 64-bit integers as decimal text. */
export interface SpanColumns extends AttributeColumns<'attr'> {
  trace_id: HexColumn;
  span_id: HexColumn;
  parent_span_id: HexColumn;
  trace_state: Column<string>;
  flags: ValueColumn<number>;
  name: ValueColumn<string>;
  kind: ValueColumn<SpanKindNumber>;
  start_unix_nano: LongColumn;
  end_unix_nano: LongColumn;
  status_code: ValueColumn<StatusCodeNumber>;
  status_message: ValueColumn<string>;
  dropped_attributes: Column<number>;
  event_time: ListColumn<string>;
  event_name: ListColumn<string>;
  event_attributes: ListColumn<string>;
  event_dropped: ListColumn<number>;
  dropped_events: Column<number>;
  link_trace_id: ListColumn<string>;
  link_span_id: ListColumn<string>;
  link_trace_state: ListColumn<string>;
  link_attributes: ListColumn<string>;
  link_dropped: ListColumn<number>;
  link_flags: ListColumn<number>;
  dropped_links: Column<number>;
  /** Of its resource and scope (places.ts). */
  place_hash: LongColumn;
}

/** One of a block's rows. */
export interface SpanRow {
  columns: SpanColumns;
  index: number;
  /** Its start, as nearly as a number holds it. */
  start: number;
  /** Whether it has something in `usualColumns` only. */
  isUsual: boolean;
}

/** For a SELECT that gives `SpanColumns`. */
export const spanColumns: string = `
  trace_id, span_id, parent_span_id, trace_state, flags, name, kind, start_unix_nano, end_unix_nano, status_code, status_message,
  attr_string, attr_int, attr_double, attr_bool, attr_other, dropped_attributes,
  event_time, event_name, event_attributes, event_dropped, dropped_events,
  link_trace_id, link_span_id, link_trace_state, link_attributes, link_dropped, link_flags, dropped_links,
  place_hash`;

const noSpan = '0000000000000000';

/** What the protocol leaves out where it is zero or empty is left out here too. Assigned one by one: a trace may have 100,000 of them. */
export function spanOf({ columns, index: row }: SpanRow): Span {
  const span: Span = {
    traceId: columns.trace_id.at(row),
    spanId: columns.span_id.at(row),
    name: columns.name.at(row),
    startTimeUnixNano: columns.start_unix_nano.at(row),
    endTimeUnixNano: columns.end_unix_nano.at(row),
  };
  if (!columns.parent_span_id.isZero(row)) span.parentSpanId = columns.parent_span_id.at(row);
  const kind = columns.kind.at(row);
  if (kind) span.kind = kind;
  const flags = columns.flags.at(row);
  if (flags) span.flags = flags;
  const attributes = attributesOf(columns, row);
  if (attributes.length > 0) span.attributes = attributes;
  addRareFields(span, columns, row);
  return span;
}

type RareFields = Pick<
  Span,
  'traceState' | 'droppedAttributesCount' | 'events' | 'droppedEventsCount' | 'links' | 'droppedLinksCount' | 'status'
>;

/** Of which most spans have none. */
function addRareFields(span: RareFields, columns: SpanColumns, row: number): void {
  const traceState = columns.trace_state.at(row);
  if (traceState) span.traceState = traceState;
  addStatus(span, columns, row);
  addEventsAndLinks(span, columns, row);
}

function addStatus(span: RareFields, { status_code, status_message }: SpanColumns, row: number): void {
  const code = status_code.at(row);
  const message = status_message.at(row);
  if (code || message) span.status = { ...(message ? { message } : {}), ...(code ? { code } : {}) };
}

function addEventsAndLinks(span: RareFields, columns: SpanColumns, row: number): void {
  const droppedAttributes = columns.dropped_attributes.at(row);
  if (droppedAttributes) span.droppedAttributesCount = droppedAttributes;
  if (!columns.event_time.isEmpty(row)) span.events = eventsOf(columns, row);
  const droppedEvents = columns.dropped_events.at(row);
  if (droppedEvents) span.droppedEventsCount = droppedEvents;
  if (!columns.link_trace_id.isEmpty(row)) span.links = linksOf(columns, row);
  const droppedLinks = columns.dropped_links.at(row);
  if (droppedLinks) span.droppedLinksCount = droppedLinks;
}

function eventsOf(columns: SpanColumns, row: number): SpanEvent[] {
  const names = columns.event_name.at(row);
  const attributes = columns.event_attributes.at(row);
  const dropped = columns.event_dropped.at(row);
  return columns.event_time.at(row).map((timeUnixNano, index) => ({
    timeUnixNano,
    name: names[index] ?? '',
    ...attributesFromJson(attributes[index]),
    ...(dropped[index] ? { droppedAttributesCount: dropped[index] } : {}),
  }));
}

function linksOf(columns: SpanColumns, row: number): SpanLink[] {
  const spanIds = columns.link_span_id.at(row);
  const traceStates = columns.link_trace_state.at(row);
  const attributes = columns.link_attributes.at(row);
  const dropped = columns.link_dropped.at(row);
  const flags = columns.link_flags.at(row);
  return columns.link_trace_id.at(row).map((traceId, index) => ({
    traceId,
    spanId: spanIds[index] ?? noSpan,
    ...(traceStates[index] ? { traceState: traceStates[index] } : {}),
    ...attributesFromJson(attributes[index]),
    ...(dropped[index] ? { droppedAttributesCount: dropped[index] } : {}),
    ...(flags[index] ? { flags: flags[index] } : {}),
  }));
}

export function attributesFromJson(json: string | undefined): { attributes?: KeyValue[] } {
  const attributes = json ? (JSON.parse(json) as KeyValue[]) : [];
  return attributes.length > 0 ? { attributes } : {};
}
