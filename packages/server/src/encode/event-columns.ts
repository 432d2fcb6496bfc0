/** A span's events: each of their fields is a column of arrays. Most spans have none. */
import type { ProtobufReader } from '@sightline/wire';
import { keyValuesJson } from './any-value-json.ts';
import { ArrayColumn, type Column, DictionaryColumn, PlainColumn, RowEnds, TextColumn } from './columns.ts';
import { bytesTag, eachField, fixed64Tag, Slice, varintTag } from './message-fields.ts';
import { TextNumbers } from './text-numbers.ts';

export class EventColumns {
  readonly #names = new TextNumbers();
  readonly #ends = new RowEnds();
  readonly #time = new ArrayColumn(this.#ends, new PlainColumn('UInt64', 8));
  readonly #name = new ArrayColumn(this.#ends, new DictionaryColumn(this.#names));
  readonly #attributes = new ArrayColumn(this.#ends, new TextColumn());
  readonly #dropped = new ArrayColumn(this.#ends, new PlainColumn('UInt32', 4));
  readonly columns: Readonly<Record<string, Column>> = {
    event_time: this.#time,
    event_name: this.#name,
    event_attributes: this.#attributes,
    event_dropped: this.#dropped,
  };

  clear(): void {
    this.#names.clear();
    for (const column of Object.values(this.columns)) column.clear();
  }

  /** Row `row`, for the span from `start` to `end`, which has `count` events. */
  append(row: number, reader: ProtobufReader, start: number, end: number, count: number): void {
    eachField(reader, bytesTag(11), start, end, (from, to) => this.#appendEvent(reader, from, to));
    this.#ends.endRow(row, count);
  }

  #appendEvent(reader: ProtobufReader, start: number, end: number): void {
    const name = new Slice();
    let dropped = 0;
    let low = 0;
    let high = 0;
    reader.limit = end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === fixed64Tag(1)) {
        reader.fixed64();
        low = reader.low;
        high = reader.high;
      } else if (tag === bytesTag(2)) name.take(reader);
      else if (tag === varintTag(4)) dropped = reader.varint();
      else reader.skip(tag);
    }
    this.#time.items.values.uint64(high, low);
    this.#name.items.push(this.#names.numberOf(textOf(reader.bytes, name)));
    this.#attributes.items.string(attributesJson(reader, bytesTag(3), start, end));
    this.#dropped.items.values.uint32(dropped);
  }
}

/** With U+FFFD in place of what is not UTF-8. */
function textOf({ buffer, byteOffset }: Uint8Array, { start, end }: Slice): string {
  return Buffer.from(buffer, byteOffset + start, end - start).toString('utf8');
}

/** The attributes of a message from `start` to `end`. */
export function attributesJson(reader: ProtobufReader, attributesTag: number, start: number, end: number): string {
  reader.position = start;
  reader.limit = end;
  return keyValuesJson(reader, attributesTag);
}
