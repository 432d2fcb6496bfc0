/** Columns of a block that was read, each value made when it is asked for: most of what is read is empty, or a repetition. */

export interface Column<Value> {
  /** @param index from 0: a row, or a place among the items of lists and maps */
  at(index: number): Value;
}

/** Of values that can be read in place, without being made. */
export interface ValueColumn<Value> extends Column<Value> {
  readonly arrays: ColumnArrays;
}

type Integers = Uint8Array | Uint16Array | Uint32Array | BigUint64Array | BigInt64Array;

/** What a column is made of. */
export interface ColumnArrays {
  /** The numbers themselves, or of each value the number of its text, or of each row where its items end; of ids their bytes. */
  values?: Integers | Float64Array;
  texts?: TextArrays;
}

/** UTF-8, and where in it each text starts and ends. */
export interface TextArrays {
  bytes: Buffer;
  starts: Uint32Array;
  ends: Uint32Array;
}

/** UInt8 to UInt32 and Float64. */
export class NumberColumn implements ValueColumn<number> {
  readonly #values: Uint8Array | Uint16Array | Uint32Array | Float64Array;

  constructor(values: Uint8Array | Uint16Array | Uint32Array | Float64Array) {
    this.#values = values;
  }

  get arrays(): ColumnArrays {
    return { values: this.#values };
  }

  at(index: number): number {
    return this.#values[index] as number;
  }
}

export class BoolColumn implements ValueColumn<boolean> {
  readonly #values: Uint8Array;

  constructor(values: Uint8Array) {
    this.#values = values;
  }

  get arrays(): ColumnArrays {
    return { values: this.#values };
  }

  at(index: number): boolean {
    return this.#values[index] !== 0;
  }
}

const billion = 1_000_000_000;

/** Integers of 64 bits, as decimal text. */
export class LongColumn implements ValueColumn<string> {
  readonly #values: BigInt64Array | BigUint64Array;
  /** The same bytes: what is not negative needs no bigint, which takes five times as long. */
  readonly #halves: Uint32Array;

  constructor(values: BigInt64Array | BigUint64Array) {
    this.#values = values;
    this.#halves = new Uint32Array(values.buffer);
  }

  get arrays(): ColumnArrays {
    return { values: this.#values };
  }

  at(index: number): string {
    const high = this.#halves[index * 2 + 1] as number;
    if (high >= 2 ** 31) return String(this.#values[index]);
    const { billions, rest } = inBillions(high, this.#halves[index * 2] as number);
    return billions === 0 ? String(rest) : billions + String(rest).padStart(9, '0');
  }

  isSame(index: number, other: number): boolean {
    const halves = this.#halves;
    return halves[index * 2] === halves[other * 2] && halves[index * 2 + 1] === halves[other * 2 + 1];
  }

  exactly(index: number): bigint {
    return this.#values[index] as bigint;
  }

  /** As nearly as a number holds it. For what is not negative. */
  about(index: number): number {
    return (this.#halves[index * 2 + 1] as number) * 2 ** 32 + (this.#halves[index * 2] as number);
  }
}

/**
 * `high` · 2^32 + `low` in decimal, in a fifth of the time that a bigint takes: in two steps of 16 bits, so that all that is divided is
 * an exact number.
 * @param high below 2^32, like `low`
 */
function inBillions(high: number, low: number): { billions: number; rest: number } {
  const upper = high * 0x10000;
  const upperBillions = Math.floor(upper / billion);
  const lower = (upper - upperBillions * billion) * 0x10000 + low;
  const lowerBillions = Math.floor(lower / billion);
  return { billions: upperBillions * 0x10000 + lowerBillions, rest: lower - lowerBillions * billion };
}

/**
 * FixedString of a multiple of four bytes, as hex digits. Those of all values are made at once, and a value is a slice of them: a fifth
 * of the time.
 */
export class HexColumn implements Column<string> {
  readonly #words: Uint32Array;
  /** Words of a value. */
  readonly #size: number;
  #digits: string | undefined;

  constructor(words: Uint32Array, sizeBytes: number) {
    this.#words = words;
    this.#size = sizeBytes / 4;
  }

  get arrays(): ColumnArrays {
    return { values: this.#words };
  }

  at(index: number): string {
    this.#digits ??= Buffer.from(this.#words.buffer).toString('hex');
    const size = this.#size * 8;
    return this.#digits.slice(index * size, (index + 1) * size);
  }

  isSame(index: number, other: number): boolean {
    const [words, size] = [this.#words, this.#size];
    for (let i = 0; i < size; i++) if (words[index * size + i] !== words[other * size + i]) return false;
    return true;
  }

  isZero(index: number): boolean {
    const [words, size] = [this.#words, this.#size];
    for (let i = index * size; i < (index + 1) * size; i++) if (words[i] !== 0) return false;
    return true;
  }
}

/** What a block would have in a column that was not read, because all its values are known. */
export function sameInAll<Value>(value: Value): ValueColumn<Value> {
  return { at: () => value, arrays: {} };
}
