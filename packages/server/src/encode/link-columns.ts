/** A span's links: each of their fields is a column of arrays. Most spans have none. */
import type { ProtobufReader } from '@sightline/wire';
import { ArrayColumn, type Column, PlainColumn, RowEnds, TextColumn } from './columns.ts';
import { attributesJson } from './event-columns.ts';
import { bytesTag, eachField, fixed32Tag, Slice, varintTag } from './message-fields.ts';

export class LinkColumns {
  readonly #ends = new RowEnds();
  readonly #traceId = new ArrayColumn(this.#ends, new PlainColumn('FixedString(16)', 16));
  readonly #spanId = new ArrayColumn(this.#ends, new PlainColumn('FixedString(8)', 8));
  readonly #traceState = new ArrayColumn(this.#ends, new TextColumn());
  readonly #attributes = new ArrayColumn(this.#ends, new TextColumn());
  readonly #dropped = new ArrayColumn(this.#ends, new PlainColumn('UInt32', 4));
  readonly #flags = new ArrayColumn(this.#ends, new PlainColumn('UInt32', 4));
  readonly columns: Readonly<Record<string, Column>> = {
    link_trace_id: this.#traceId,
    link_span_id: this.#spanId,
    link_trace_state: this.#traceState,
    link_attributes: this.#attributes,
    link_dropped: this.#dropped,
    link_flags: this.#flags,
  };

  clear(): void {
    for (const column of Object.values(this.columns)) column.clear();
  }

  /** Row `row`, for the span from `start` to `end`, which has `count` links. */
  append(row: number, reader: ProtobufReader, start: number, end: number, count: number): void {
    eachField(reader, bytesTag(13), start, end, (from, to) => this.#appendLink(reader, from, to));
    this.#ends.endRow(row, count);
  }

  #appendLink(reader: ProtobufReader, start: number, end: number): void {
    const [traceId, spanId, traceState] = [new Slice(), new Slice(), new Slice()];
    let dropped = 0;
    let flags = 0;
    reader.limit = end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === bytesTag(1)) traceId.take(reader);
      else if (tag === bytesTag(2)) spanId.take(reader);
      else if (tag === bytesTag(3)) traceState.take(reader);
      else if (tag === varintTag(5)) dropped = reader.varint();
      else if (tag === fixed32Tag(6)) flags = reader.fixed32();
      else reader.skip(tag);
    }
    appendId(this.#traceId.items, reader, traceId, 16);
    appendId(this.#spanId.items, reader, spanId, 8);
    this.#traceState.items.text(reader.bytes, traceState.start, traceState.end);
    this.#attributes.items.string(attributesJson(reader, bytesTag(4), start, end));
    this.#dropped.items.values.uint32(dropped);
    this.#flags.items.values.uint32(flags);
  }
}

/** An id that is not there is stored as zeros. */
function appendId(column: PlainColumn, reader: ProtobufReader, id: Slice, size: number): void {
  if (id.start === id.end) column.values.zeros(size);
  else column.values.raw(reader.bytes, id.start, id.end);
}
