/** Columns of a block that was read, each value made when it is asked for: most of what is read is empty, or a repetition. */
import type { ByteReader } from './byte-reader.ts';

export interface Column<Value> {
  /** @param index from 0: a row, or a place among the items of lists and maps */
  at(index: number): Value;
}

/** Of values that can be compared, and read in place, without being made. */
export interface ValueColumn<Value> extends Column<Value> {
  /** Are `count` values from `index` on, by default one, the same as those from `other` on? */
  isSame(index: number, other: number, count?: number): boolean;
  /** The same for all that `isSame`: a number of 32 bits. */
  hash(index: number): number;
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

  isSame(index: number, other: number, count = 1): boolean {
    const values = this.#values;
    for (let i = 0; i < count; i++) if (!Object.is(values[index + i], values[other + i])) return false;
    return true;
  }

  hash(index: number): number {
    return this.at(index) | 0;
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

  isSame(index: number, other: number, count = 1): boolean {
    for (let i = 0; i < count; i++) if (this.at(index + i) !== this.at(other + i)) return false;
    return true;
  }

  hash(index: number): number {
    return Number(this.at(index));
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

  isSame(index: number, other: number, count = 1): boolean {
    const halves = this.#halves;
    for (let i = 0; i < count * 2; i++) if (halves[index * 2 + i] !== halves[other * 2 + i]) return false;
    return true;
  }

  hash(index: number): number {
    return (this.#halves[index * 2] as number) | 0;
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

export class TextColumn implements ValueColumn<string> {
  readonly arrays: { texts: TextArrays };

  constructor(reader: ByteReader, count: number) {
    const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
    const begin = reader.position;
    for (let index = 0; index < count; index++) {
      const length = reader.varint();
      starts[index] = reader.skip(length) - begin;
      ends[index] = reader.position - begin;
    }
    this.arrays = { texts: { bytes: reader.bytes.subarray(begin, reader.position), starts, ends } };
  }

  at(index: number): string {
    const { bytes, starts, ends } = this.arrays.texts;
    const [start, end] = [starts[index] as number, ends[index] as number];
    return start === end ? '' : bytes.toString('utf8', start, end);
  }

  isSame(index: number, other: number, count = 1): boolean {
    for (let i = 0; i < count; i++) if (!this.#isSame(index + i, other + i)) return false;
    return true;
  }

  #isSame(index: number, other: number): boolean {
    const { bytes, starts, ends } = this.arrays.texts;
    const [start, end] = [starts[index] as number, ends[index] as number];
    const offset = (starts[other] as number) - start;
    if ((ends[other] as number) - offset !== end) return false;
    for (let at = start; at < end; at++) if (bytes[at] !== bytes[at + offset]) return false;
    return true;
  }

  hash(index: number): number {
    const { starts, ends } = this.arrays.texts;
    return (ends[index] as number) - (starts[index] as number);
  }
}

/** LowCardinality(String): each text once. */
export class DictionaryColumn implements ValueColumn<string> {
  readonly #keys: TextColumn;
  readonly #numbers: Uint8Array | Uint16Array | Uint32Array;
  /** Of `#keys`, as far as they were asked for. */
  readonly #texts: (string | undefined)[] = [];

  constructor(keys: TextColumn, numbers: Uint8Array | Uint16Array | Uint32Array) {
    this.#keys = keys;
    this.#numbers = numbers;
  }

  get arrays(): ColumnArrays {
    return { values: this.#numbers, ...this.#keys.arrays };
  }

  at(index: number): string {
    const number = this.#numbers[index] as number;
    const text = this.#texts[number] ?? this.#keys.at(number);
    this.#texts[number] = text;
    return text;
  }

  isSame(index: number, other: number, count = 1): boolean {
    const numbers = this.#numbers;
    for (let i = 0; i < count; i++) if (numbers[index + i] !== numbers[other + i]) return false;
    return true;
  }

  hash(index: number): number {
    return this.#numbers[index] as number;
  }
}

/** Where the items of each row are, among those of all rows. */
class Ends {
  readonly #halves: Uint32Array;

  constructor(ends: ArrayBuffer) {
    this.#halves = new Uint32Array(ends);
  }

  get arrays(): ColumnArrays {
    return { values: this.#halves };
  }

  start(row: number): number {
    return row === 0 ? 0 : this.end(row - 1);
  }

  /** There are never 2^32 items in a block. */
  end(row: number): number {
    return this.#halves[row * 2] as number;
  }

  isEmpty(row: number): boolean {
    return this.start(row) === this.end(row);
  }
}

/** Where there are no items at all. */
export const noItems: ValueColumn<never> = { at: ofNone, isSame: ofNone, hash: ofNone, arrays: {} };

function ofNone(index: number): never {
  throw new RangeError(`there is no item ${index} of none`);
}

export class ListColumn<Item> extends Ends implements Column<Item[]> {
  readonly items: Column<Item>;

  constructor(ends: ArrayBuffer, items: Column<Item>) {
    super(ends);
    this.items = items;
  }

  at(row: number): Item[] {
    const list: Item[] = [];
    for (let index = this.start(row); index < this.end(row); index++) list.push(this.items.at(index));
    return list;
  }
}

export class MapColumn<Value> extends Ends implements Column<[string, Value][]> {
  readonly keys: ValueColumn<string>;
  readonly values: ValueColumn<Value>;

  constructor(ends: ArrayBuffer, keys: ValueColumn<string>, values: ValueColumn<Value>) {
    super(ends);
    this.keys = keys;
    this.values = values;
  }

  at(row: number): [string, Value][] {
    const entries: [string, Value][] = [];
    for (let index = this.start(row); index < this.end(row); index++) {
      entries.push([this.keys.at(index), this.values.at(index)]);
    }
    return entries;
  }

  /** Has `row` the same entries as `other`, in the same order? */
  isSame(row: number, other: number): boolean {
    const [from, to] = [this.start(row), this.start(other)];
    const count = this.end(row) - from;
    if (this.end(other) - to !== count) return false;
    return count === 0 || (this.keys.isSame(from, to, count) && this.values.isSame(from, to, count));
  }

  hash(row: number): number {
    let hash = 0;
    for (let index = this.start(row), end = this.end(row); index < end; index++) {
      hash = mixed(mixed(hash, this.keys.hash(index)), this.values.hash(index));
    }
    return hash;
  }
}

/** Of two hashes, one. */
export function mixed(hash: number, other: number): number {
  return Math.imul(hash ^ other, 0x9e3779b1) ^ (hash >>> 15);
}

/** What a block would have in a column that was not read, because all its values are known. */
export function sameInAll<Value>(value: Value): ValueColumn<Value> {
  return { at: () => value, isSame: () => true, hash: () => 0, arrays: {} };
}

export function emptyLists(rowCount: number): ListColumn<never> {
  return new ListColumn(new ArrayBuffer(rowCount * 8), noItems);
}

export function emptyMaps(rowCount: number): MapColumn<never> {
  return new MapColumn(new ArrayBuffer(rowCount * 8), noItems, noItems);
}
