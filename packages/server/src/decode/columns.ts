/** Columns of a block that was read, each value made when it is asked for: most of what is read is empty, or a repetition. */
import type { ByteReader } from './byte-reader.ts';

export interface Column<Value> {
  /** @param index from 0: a row, or a place among the items of lists and maps */
  at(index: number): Value;
}

/** UInt8 to UInt32 and Float64. */
export class NumberColumn implements Column<number> {
  readonly #values: ArrayLike<number>;

  constructor(values: ArrayLike<number>) {
    this.#values = values;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }
}

export class BoolColumn implements Column<boolean> {
  readonly #values: Uint8Array;

  constructor(values: Uint8Array) {
    this.#values = values;
  }

  at(index: number): boolean {
    return this.#values[index] !== 0;
  }
}

/** Integers of 64 bits, as decimal text. */
export class LongColumn implements Column<string> {
  readonly #values: BigInt64Array | BigUint64Array;
  /** The same bytes: small numbers, which most are, need no bigint. */
  readonly #halves: Uint32Array;

  constructor(values: BigInt64Array | BigUint64Array) {
    this.#values = values;
    this.#halves = new Uint32Array(values.buffer);
  }

  at(index: number): string {
    return String(this.#halves[index * 2 + 1] === 0 ? this.#halves[index * 2] : this.#values[index]);
  }

  /** As nearly as a number holds it. */
  about(index: number): number {
    return Number(this.#values[index]);
  }
}

/** FixedString, as hex digits. Those of all values are made at once, and a value is a slice of them: a fifth of the time. */
export class HexColumn implements Column<string> {
  readonly #digits: string;
  readonly #valueDigits: number;

  constructor(bytes: Buffer, width: number) {
    this.#digits = bytes.toString('hex');
    this.#valueDigits = width * 2;
  }

  at(index: number): string {
    const start = index * this.#valueDigits;
    return this.#digits.slice(start, start + this.#valueDigits);
  }
}

export class TextColumn implements Column<string> {
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  constructor(reader: ByteReader, count: number) {
    this.#bytes = reader.bytes;
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      const length = reader.varint();
      this.#starts[index] = reader.skip(length);
      this.#ends[index] = reader.position;
    }
  }

  at(index: number): string {
    const [start, end] = [this.#starts[index] as number, this.#ends[index] as number];
    return start === end ? '' : this.#bytes.toString('utf8', start, end);
  }
}

/** LowCardinality(String). */
export class DictionaryColumn implements Column<string> {
  readonly #keys: readonly string[];
  readonly #numbers: ArrayLike<number>;

  constructor(keys: readonly string[], numbers: ArrayLike<number>) {
    this.#keys = keys;
    this.#numbers = numbers;
  }

  at(index: number): string {
    return this.#keys[this.#numbers[index] as number] as string;
  }
}

/** Where the items of each row are, among those of all rows. */
class Ends {
  readonly #halves: Uint32Array;

  constructor(ends: ArrayBuffer) {
    this.#halves = new Uint32Array(ends);
  }

  start(row: number): number {
    return row === 0 ? 0 : this.end(row - 1);
  }

  /** There are never 2^32 items in a block. */
  end(row: number): number {
    return this.#halves[row * 2] as number;
  }
}

/** Where there are no items at all, nothing is written of them. */
export const noItems: Column<never> = {
  at(index) {
    throw new RangeError(`there is no item ${index} of none`);
  },
};

export class ListColumn<Item> extends Ends implements Column<Item[]> {
  readonly items: Column<Item>;

  constructor(ends: ArrayBuffer, items: Column<Item>) {
    super(ends);
    this.items = items;
  }

  isEmpty(row: number): boolean {
    return this.start(row) === this.end(row);
  }

  at(row: number): Item[] {
    const list: Item[] = [];
    for (let index = this.start(row); index < this.end(row); index++) list.push(this.items.at(index));
    return list;
  }
}

export class MapColumn<Value> extends Ends implements Column<[string, Value][]> {
  readonly keys: Column<string>;
  readonly values: Column<Value>;

  constructor(ends: ArrayBuffer, keys: Column<string>, values: Column<Value>) {
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
    for (let index = 0; index < count; index++) {
      if (this.keys.at(from + index) !== this.keys.at(to + index)) return false;
      if (!Object.is(this.values.at(from + index), this.values.at(to + index))) return false;
    }
    return true;
  }
}

/** What a block would have in a column that was not read, because all its values are known. */
export function sameInAll<Value>(value: Value): Column<Value> {
  return { at: () => value };
}

export function emptyLists(rowCount: number): ListColumn<never> {
  return new ListColumn(new ArrayBuffer(rowCount * 8), noItems);
}

export function emptyMaps(rowCount: number): MapColumn<never> {
  return new MapColumn(new ArrayBuffer(rowCount * 8), noItems, noItems);
}
