/**
 * The values of one column, one after the other, as ClickHouse's Native format has them: numbers little-endian, FixedString as
 * its bytes, String as a varint length and its bytes.
 *
 * Text that is not UTF-8 is stored with U+FFFD in place of what is wrong, so that whatever reads it later can
 * rely on it.
 *
 * It grows as wire's `ForwardWriter` does, and is not derived from it: then a span took 9.5 µs to encode in place of 7.3, the least
 * of three runs each.
 *
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
import { isUtf8 } from 'node:buffer';

/** Below it, a loop is faster than a call of `set` with a view for it. */
const shortBytes = 48;

export class ByteColumn {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** All there is room for: values up to `length`. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Valid until the next value. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** In halves, both unsigned. */
  uint64(high: number, low: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#length, low, true);
    this.#view.setUint32(this.#length + 4, high, true);
    this.#length += 8;
  }

  /** An integer from 0 to 2^53. */
  count(value: number): void {
    this.uint64(Math.floor(value / 2 ** 32), value >>> 0);
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  raw(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#reserve(size);
    if (size > shortBytes) this.#bytes.set(source.subarray(start, end), this.#length);
    else {
      const bytes = this.#bytes;
      for (let i = start, at = this.#length; i < end; i++, at++) bytes[at] = source[i] as number;
    }
    this.#length += size;
  }

  zeros(size: number): void {
    this.#reserve(size);
    this.#bytes.fill(0, this.#length, this.#length + size);
    this.#length += size;
  }

  /** A String. */
  text(source: Uint8Array, start: number, end: number): void {
    const begin = this.#length;
    this.varint(end - start);
    const at = this.#length;
    this.raw(source, start, end);
    if (isAscii(this.#bytes, at, this.#length) || isUtf8(this.#bytes.subarray(at, this.#length))) return;
    this.#length = begin;
    const repaired = repairedUtf8(source, start, end);
    this.varint(repaired.length);
    this.raw(repaired, 0, repaired.length);
  }

  /** A String of text that we made. */
  string(text: string): void {
    const bytes = Buffer.from(text);
    this.varint(bytes.length);
    this.raw(bytes, 0, bytes.length);
  }

  #reserve(size: number): void {
    if (this.#length + size > this.#bytes.length) this.#grow(size);
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.written());
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let seen = 0;
  for (let i = start; i < end; i++) seen |= bytes[i] as number;
  return seen < 0x80;
}

export function repairedUtf8(source: Uint8Array, start: number, end: number): Uint8Array {
  return Buffer.from(Buffer.from(source.buffer, source.byteOffset + start, end - start).toString('utf8'));
}
