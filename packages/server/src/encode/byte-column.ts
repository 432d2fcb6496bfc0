/**
 * The values of one column, one after the other, as ClickHouse's Native format has them: numbers little-endian, FixedString as
 * its bytes, String as a varint length and its bytes.
 *
 * Text that is not UTF-8 is stored with U+FFFD in place of what is wrong, so that whatever reads it later can
 * rely on it.
 *
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
import { isUtf8 } from 'node:buffer';
import { ForwardWriter } from '@sightline/wire';

export class ByteColumn extends ForwardWriter {
  clear(): void {
    this.truncate(0);
  }

  uint16(value: number): void {
    this.byte(value & 0xff);
    this.byte(value >>> 8);
  }

  /** In halves, both unsigned. */
  uint64(high: number, low: number): void {
    this.uint32(low);
    this.uint32(high);
  }

  /** An integer from 0 to 2^53. */
  count(value: number): void {
    this.uint64(Math.floor(value / 2 ** 32), value >>> 0);
  }

  zeros(size: number): void {
    this.raw(new Uint8Array(size), 0, size);
  }

  /** A String. */
  text(source: Uint8Array, start: number, end: number): void {
    const text = source.subarray(start, end);
    const valid = isUtf8(text) ? text : repairedUtf8(text);
    this.varint(valid.length);
    this.raw(valid, 0, valid.length);
  }

  /** A String of text that we made. */
  string(text: string): void {
    const bytes = Buffer.from(text);
    this.varint(bytes.length);
    this.raw(bytes, 0, bytes.length);
  }
}

export function repairedUtf8(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
}
