/** JSON as bytes, for texts of which there are so many that strings of them would be most of the work. */
import { ForwardWriter } from '@sightline/wire';

const zero = 0x30;
const letterA = 0x61;
const space = 0x20;
const quote = 0x22;
const backslash = 0x5c;
const billion = 1_000_000_000;

export class JsonWriter extends ForwardWriter {
  /** Of a number, from the end. */
  readonly #digits = new Uint8Array(20);

  /** What is JSON already. */
  bytes(json: Uint8Array): void {
    this.raw(json, 0, json.length);
  }

  /** The same as a string. */
  text(json: string): void {
    this.bytes(Buffer.from(json));
  }

  /** UTF-8, in quotes. */
  string(source: Buffer, start: number, end: number): void {
    if (hasEscapes(source, start, end)) {
      this.text(JSON.stringify(source.toString('utf8', start, end)));
      return;
    }
    this.byte(quote);
    this.raw(source, start, end);
    this.byte(quote);
  }

  /** Hex digits, in quotes. */
  hex(source: Uint8Array, start: number, end: number): void {
    this.byte(quote);
    for (let at = start; at < end; at++) {
      const byte = source[at] as number;
      this.byte(hexDigit(byte >> 4));
      this.byte(hexDigit(byte & 15));
    }
    this.byte(quote);
  }

  /** `high` · 2^32 + `low`, in quotes. */
  long(high: number, low: number): void {
    const { billions, rest } = inBillions(high, low);
    this.byte(quote);
    if (billions > 0) this.#number(billions, 1);
    this.#number(rest, billions > 0 ? 9 : 1);
    this.byte(quote);
  }

  #number(value: number, leastDigits: number): void {
    const digits = this.#digits;
    let at = digits.length;
    for (let rest = value; rest > 0 || digits.length - at < leastDigits; ) {
      const tenth = Math.floor(rest / 10);
      digits[--at] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.raw(digits, at, digits.length);
  }

  /** What was written, of which this then knows nothing more. */
  take(): Buffer {
    const taken = Buffer.from(this.written());
    this.truncate(0);
    return taken;
  }
}

/** Of JSON's strings, all but these stand for themselves. */
function hasEscapes(source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = source[at] as number;
    if (byte < space || byte === quote || byte === backslash) return true;
  }
  return false;
}

function hexDigit(value: number): number {
  return value < 10 ? zero + value : letterA - 10 + value;
}

/**
 * `high` · 2^32 + `low` in decimal, in a fifth of the time that a bigint takes: in two steps of 16 bits, so that all that is divided is
 * an exact number.
 * @param high below 2^32, like `low`
 */
export function inBillions(high: number, low: number): { billions: number; rest: number } {
  const upper = high * 0x10000;
  const upperBillions = Math.floor(upper / billion);
  const lower = (upper - upperBillions * billion) * 0x10000 + low;
  const lowerBillions = Math.floor(lower / billion);
  return { billions: upperBillions * 0x10000 + lowerBillions, rest: lower - lowerBillions * billion };
}
