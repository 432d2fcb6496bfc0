/**
 * Bytes of ClickHouse's TabSeparated format, written into one growing buffer. A value outside of
 * a map or array and a quoted one inside escape the same characters here, so there is one
 * escaping loop:
 *
 *   column      bytes with \\ \t \n \r \0 \' escaped by a backslash
 *   map         {'key':'value','other':'value'}     the same escapes between the quotes
 *   array       ['one','two']  [1,2]
 *
 * Text that is not UTF-8 is stored with U+FFFD in place of what is wrong: one bad attribute must
 * not cost its neighbours their place.
 *
 * @see https://clickhouse.com/docs/interfaces/formats/TabSeparated
 */
import { isUtf8 } from 'node:buffer';

const backslash = 0x5c;
const quote = 0x27;

/** For each byte, the letter that stands for it after a backslash; 0 for those that stand for themselves. */
const escapes = new Uint8Array(256);
for (const [byte, letter] of [
  [0, '0'],
  [9, 't'],
  [10, 'n'],
  [13, 'r'],
  [quote, "'"],
  [backslash, '\\'],
] as const) {
  escapes[byte] = letter.charCodeAt(0);
}

export class RowWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written so far; valid until the next `clear`. */
  written(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Forgets everything after `length`, an earlier `length` of this writer. */
  truncate(length: number): void {
    this.#length = length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  ascii(text: string): void {
    if (this.#length + text.length > this.#bytes.length) this.#grow(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
  }

  copy(source: Uint8Array): void {
    if (this.#length + source.length > this.#bytes.length) this.#grow(source.length);
    this.#bytes.set(source, this.#length);
    this.#length += source.length;
  }

  /** Bytes that are not text, such as an id: escaped, never repaired. */
  binary(source: Uint8Array, start: number, end: number): void {
    this.#escape(source, start, end);
  }

  text(source: Uint8Array, start: number, end: number): void {
    const begin = this.#length;
    if (this.#escape(source, start, end) < 0x80) return;
    const slice = source.subarray(start, end);
    if (isUtf8(slice)) return;
    this.#length = begin;
    const repaired = Buffer.from(Buffer.from(slice).toString('utf8'));
    this.#escape(repaired, 0, repaired.length);
  }

  quoted(source: Uint8Array, start: number, end: number): void {
    this.byte(quote);
    this.text(source, start, end);
    this.byte(quote);
  }

  /** A non-negative integer below 2^53. */
  unsigned(value: number): void {
    if (value < 10) this.byte(0x30 + value);
    else if (value < 0x8000_0000) this.#digits(value, 0);
    else this.ascii(String(value));
  }

  /** An unsigned 64-bit integer in halves. */
  unsigned64(high: number, low: number): void {
    if (high === 0) {
      this.unsigned(low);
      return;
    }
    // Long division by 1e9 in 16-bit steps: every intermediate stays below 2^53.
    const first = (high % 1e9) * 65536 + (low >>> 16);
    const second = (first % 1e9) * 65536 + (low & 0xffff);
    this.unsigned(Math.floor(high / 1e9) * 4294967296 + Math.floor(first / 1e9) * 65536 + Math.floor(second / 1e9));
    this.#digits(second % 1e9, 9);
  }

  /** A two's complement 64-bit integer in halves. */
  signed64(high: number, low: number): void {
    if (high < 0x8000_0000) {
      this.unsigned64(high, low);
      return;
    }
    this.byte(0x2d);
    this.unsigned64((~high + (low === 0 ? 1 : 0)) >>> 0, (~low + 1) >>> 0);
  }

  double(value: number): void {
    if (Number.isFinite(value)) this.ascii(Object.is(value, -0) ? '-0' : String(value));
    else this.ascii(Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');
  }

  /** `value` below 2^31, with zeros in front up to `minimum` digits. */
  #digits(value: number, minimum: number): void {
    let count = 1;
    for (let rest = value; rest >= 10; rest = (rest / 10) | 0) count++;
    if (count < minimum) count = minimum;
    if (this.#length + count > this.#bytes.length) this.#grow(count);
    let rest = value | 0;
    for (let at = this.#length + count - 1; at >= this.#length; at--) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    this.#length += count;
  }

  /** Returns the OR of all bytes: 0x80 and above when the text was not plain ASCII. */
  #escape(source: Uint8Array, start: number, end: number): number {
    if (this.#length + 2 * (end - start) > this.#bytes.length) this.#grow(2 * (end - start));
    const bytes = this.#bytes;
    let at = this.#length;
    let seen = 0;
    for (let i = start; i < end; i++) {
      const byte = source[i] as number;
      const letter = escapes[byte] as number;
      seen |= byte;
      if (letter === 0) bytes[at++] = byte;
      else {
        bytes[at++] = backslash;
        bytes[at++] = letter;
      }
    }
    this.#length = at;
    return seen;
  }

  #grow(more: number): void {
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
