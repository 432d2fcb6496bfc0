/**
 * A row as the JSON text of its span: what `JSON.stringify` makes of `spanOf`, but for the order of fields, without the objects and
 * without strings, which are most of the time that a trace of 100,000 spans takes. What comes again and again, as most keys and
 * values do, is made into text once (`DictionaryColumn`).
 */
import type { Around, JsonWriter, MapColumn } from '../store/store.ts';
import { attributesOf } from './span-attributes.ts';
import { addRareFields, type SpanColumns, type SpanRow } from './span-row.ts';

const traceId = around('{"traceId":');
const spanId = around(',"spanId":');
const parentSpanId = around(',"parentSpanId":');
const name = around(',"name":');
const start = around(',"startTimeUnixNano":');
const end = around(',"endTimeUnixNano":');
const attributes = Buffer.from(',"attributes":[');
const stringKey = around('{"key":', ',"value":{"stringValue":');
const intKey = around('{"key":', ',"value":{"intValue":');
const boolKey = around('{"key":', ',"value":{"boolValue":');
const value = around('', '}},');
const listEnd = Buffer.from(']');
const objectEnd = Buffer.from('}');

function around(before: string, after = ''): Around {
  return { before: Buffer.from(before), after: Buffer.from(after) };
}

export function addSpanJson(json: JsonWriter, { columns, index: row }: SpanRow): void {
  columns.trace_id.addJson(json, row, traceId);
  columns.span_id.addJson(json, row, spanId);
  if (!columns.parent_span_id.isZero(row)) columns.parent_span_id.addJson(json, row, parentSpanId);
  columns.name.addJson(json, row, name);
  addNumber(json, 'kind', columns.kind.at(row));
  columns.start_unix_nano.addJson(json, row, start);
  columns.end_unix_nano.addJson(json, row, end);
  addNumber(json, 'flags', columns.flags.at(row));
  addAttributes(json, columns, row);
  addOtherFields(json, columns, row);
  json.bytes(objectEnd);
}

function addNumber(json: JsonWriter, field: string, value: number): void {
  if (value !== 0) json.text(`,"${field}":${value}`);
}

function addAttributes(json: JsonWriter, columns: SpanColumns, row: number): void {
  const { attr_string, attr_int, attr_double, attr_bool, attr_other } = columns;
  if (!attr_double.isEmpty(row) || !attr_other.isEmpty(row)) {
    json.text(`,"attributes":${JSON.stringify(attributesOf(columns, 'attr', row))}`);
    return;
  }
  if (attr_string.isEmpty(row) && attr_int.isEmpty(row) && attr_bool.isEmpty(row)) return;
  json.bytes(attributes);
  addEntries(json, attr_string, row, stringKey);
  addEntries(json, attr_int, row, intKey);
  addEntries(json, attr_bool, row, boolKey);
  // The comma behind the last of them.
  json.truncate(json.length - 1);
  json.bytes(listEnd);
}

function addEntries(json: JsonWriter, map: MapColumn<unknown>, row: number, key: Around): void {
  for (let at = map.start(row), end = map.end(row); at < end; at++) {
    map.keys.addJson(json, at, key);
    map.values.addJson(json, at, value);
  }
}

function addOtherFields(json: JsonWriter, columns: SpanColumns, row: number): void {
  const fields: Parameters<typeof addRareFields>[0] = {};
  addRareFields(fields, columns, row);
  for (const [field, value] of Object.entries(fields)) json.text(`,"${field}":${JSON.stringify(value)}`);
}
