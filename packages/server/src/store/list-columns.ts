/**
 * A span's events and links: each of their fields is a column of arrays, so each column is one walk over the list. Most
 * spans have neither; those that do have few.
 */
import type { ProtobufReader } from '@sightline/wire';
import { keyValuesJson } from './any-value-json.ts';
import { bytesTag, eachField, fixed32Tag, fixed64Tag, Slice, varintTag } from './message-fields.ts';
import type { RowWriter } from './row-writer.ts';

const tab = 9;
const quote = 39;
const comma = 44;
const openBracket = 91;
const closeBracket = 93;
const noId = new Uint8Array(16);

/** event_time, event_name, event_attributes, event_dropped of the span from `start` to `end`. */
export function writeEvents(reader: ProtobufReader, out: RowWriter, start: number, end: number, count: number): void {
  if (count === 0) {
    out.ascii('[]\t[]\t[]\t[]\t');
    return;
  }
  const column = (write: () => void): void => writeArray(reader, out, bytesTag(11), start, end, write);
  column(() => writeFixed64(reader, out, fixed64Tag(1)));
  column(() => writeText(reader, out, bytesTag(2)));
  column(() => writeJson(reader, out, bytesTag(3)));
  column(() => writeVarint(reader, out, varintTag(4)));
}

/** link_trace_id, link_span_id, link_trace_state, link_attributes, link_dropped, link_flags. */
export function writeLinks(reader: ProtobufReader, out: RowWriter, start: number, end: number, count: number): void {
  if (count === 0) {
    out.ascii('[]\t[]\t[]\t[]\t[]\t[]\t');
    return;
  }
  const column = (write: () => void): void => writeArray(reader, out, bytesTag(13), start, end, write);
  column(() => writeId(reader, out, bytesTag(1), 16));
  column(() => writeId(reader, out, bytesTag(2), 8));
  column(() => writeText(reader, out, bytesTag(3)));
  column(() => writeJson(reader, out, bytesTag(4)));
  column(() => writeVarint(reader, out, varintTag(5)));
  column(() => writeFixed32(reader, out, fixed32Tag(6)));
}

/** `write` appends one element for the message that the reader then stands at. */
function writeArray(
  reader: ProtobufReader,
  out: RowWriter,
  field: number,
  start: number,
  end: number,
  write: () => void,
): void {
  let isFirst = true;
  out.byte(openBracket);
  eachField(reader, field, start, end, (_start, itemEnd) => {
    if (!isFirst) out.byte(comma);
    isFirst = false;
    reader.limit = itemEnd;
    write();
  });
  out.byte(closeBracket);
  out.byte(tab);
}

function writeFixed64(reader: ProtobufReader, out: RowWriter, field: number): void {
  let low = 0;
  let high = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field) {
      reader.fixed64();
      low = reader.low;
      high = reader.high;
    } else reader.skip(tag);
  }
  out.unsigned64(high, low);
}

function writeFixed32(reader: ProtobufReader, out: RowWriter, field: number): void {
  let value = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field) value = reader.fixed32();
    else reader.skip(tag);
  }
  out.unsigned(value);
}

function writeVarint(reader: ProtobufReader, out: RowWriter, field: number): void {
  let value = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field) value = reader.varint();
    else reader.skip(tag);
  }
  out.unsigned(value);
}

function writeText(reader: ProtobufReader, out: RowWriter, field: number): void {
  const slice = findSlice(reader, field);
  out.quoted(reader.bytes, slice.start, slice.end);
}

/** An id that is not there is stored as zeros. */
function writeId(reader: ProtobufReader, out: RowWriter, field: number, size: number): void {
  const slice = findSlice(reader, field);
  out.byte(quote);
  if (slice.start === slice.end) out.binary(noId, 0, size);
  else out.binary(reader.bytes, slice.start, slice.end);
  out.byte(quote);
}

function writeJson(reader: ProtobufReader, out: RowWriter, field: number): void {
  const json = Buffer.from(keyValuesJson(reader, field));
  out.quoted(json, 0, json.length);
}

function findSlice(reader: ProtobufReader, field: number): Slice {
  const slice = new Slice();
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === field) slice.take(reader);
    else reader.skip(tag);
  }
  return slice;
}
