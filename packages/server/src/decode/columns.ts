/** Columns of a block that was read, each value made when it is asked for: most of what is read is empty, or a repetition. */
import type { ByteReader } from './byte-reader.ts';
import { inBillions, type JsonWriter } from './json-writer.ts';

export interface Column<Value> {
  /** @param index from 0: a row, or a place among the items of lists and maps */
  at(index: number): Value;
}

/** Of values that are JSON without being looked into. */
export interface JsonColumn<Value> extends Column<Value> {
  /** Writes what `JSON.stringify` makes of `at(index)`, between what always stands around the values of this column. */
  addJson(json: JsonWriter, index: number, around?: Around): void;
}

/** JSON in front of a value, and behind it. */
export interface Around {
  before: Uint8Array;
  after: Uint8Array;
}

const nothing: Around = { before: new Uint8Array(0), after: new Uint8Array(0) };

/** Each value by itself. */
abstract class ValueColumn<Value> implements JsonColumn<Value> {
  abstract at(index: number): Value;

  protected addValue(json: JsonWriter, index: number): void {
    json.text(JSON.stringify(this.at(index)));
  }

  addJson(json: JsonWriter, index: number, { before, after }: Around = nothing): void {
    json.bytes(before);
    this.addValue(json, index);
    json.bytes(after);
  }
}

/** UInt8 to UInt32 and Float64. */
export class NumberColumn extends ValueColumn<number> {
  readonly #values: ArrayLike<number>;

  constructor(values: ArrayLike<number>) {
    super();
    this.#values = values;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }
}

export class BoolColumn extends ValueColumn<boolean> {
  readonly #values: Uint8Array;

  constructor(values: Uint8Array) {
    super();
    this.#values = values;
  }

  at(index: number): boolean {
    return this.#values[index] !== 0;
  }
}

/** Integers of 64 bits, as decimal text. */
export class LongColumn extends ValueColumn<string> {
  readonly #values: BigInt64Array | BigUint64Array;
  /** The same bytes: what is not negative needs no bigint, which takes five times as long. */
  readonly #halves: Uint32Array;

  constructor(values: BigInt64Array | BigUint64Array) {
    super();
    this.#values = values;
    this.#halves = new Uint32Array(values.buffer);
  }

  at(index: number): string {
    const high = this.#halves[index * 2 + 1] as number;
    if (high >= 2 ** 31) return String(this.#values[index]);
    const { billions, rest } = inBillions(high, this.#halves[index * 2] as number);
    return billions === 0 ? String(rest) : billions + String(rest).padStart(9, '0');
  }

  protected override addValue(json: JsonWriter, index: number): void {
    const high = this.#halves[index * 2 + 1] as number;
    if (high < 2 ** 31) json.long(high, this.#halves[index * 2] as number);
    else json.text(`"${this.#values[index]}"`);
  }

  exactly(index: number): bigint {
    return this.#values[index] as bigint;
  }

  /** As nearly as a number holds it. */
  about(index: number): number {
    return Number(this.#values[index]);
  }
}

/** FixedString, as hex digits. Those of all values are made at once, and a value is a slice of them: a fifth of the time. */
export class HexColumn extends ValueColumn<string> {
  readonly #bytes: Buffer;
  readonly #width: number;
  #digits: string | undefined;

  constructor(bytes: Buffer, width: number) {
    super();
    this.#bytes = bytes;
    this.#width = width;
  }

  at(index: number): string {
    this.#digits ??= this.#bytes.toString('hex');
    const start = index * this.#width * 2;
    return this.#digits.slice(start, start + this.#width * 2);
  }

  isZero(index: number): boolean {
    const start = index * this.#width;
    for (let at = start; at < start + this.#width; at++) if (this.#bytes[at] !== 0) return false;
    return true;
  }

  protected override addValue(json: JsonWriter, index: number): void {
    const start = index * this.#width;
    json.hex(this.#bytes, start, start + this.#width);
  }
}

export class TextColumn extends ValueColumn<string> {
  readonly #bytes: Buffer;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;

  constructor(reader: ByteReader, count: number) {
    super();
    this.#bytes = reader.bytes;
    this.#starts = new Uint32Array(count);
    this.#ends = new Uint32Array(count);
    for (let index = 0; index < count; index++) {
      const length = reader.varint();
      this.#starts[index] = reader.skip(length);
      this.#ends[index] = reader.position;
    }
  }

  get count(): number {
    return this.#starts.length;
  }

  at(index: number): string {
    const [start, end] = [this.#starts[index] as number, this.#ends[index] as number];
    return start === end ? '' : this.#bytes.toString('utf8', start, end);
  }

  protected override addValue(json: JsonWriter, index: number): void {
    json.string(this.#bytes, this.#starts[index] as number, this.#ends[index] as number);
  }
}

/** LowCardinality(String). */
export class DictionaryColumn implements JsonColumn<string> {
  readonly #keys: TextColumn;
  readonly #numbers: ArrayLike<number>;
  /** Of `#keys`, as far as they were asked for. */
  readonly #texts: (string | undefined)[] = [];
  /** The same, as JSON within `#around`. */
  #jsons: (Uint8Array | undefined)[] = [];
  #around = nothing;

  constructor(keys: TextColumn, numbers: ArrayLike<number>) {
    this.#keys = keys;
    this.#numbers = numbers;
  }

  at(index: number): string {
    const number = this.#numbers[index] as number;
    const text = this.#texts[number] ?? this.#keys.at(number);
    this.#texts[number] = text;
    return text;
  }

  addJson(json: JsonWriter, index: number, around: Around = nothing): void {
    const number = this.#numbers[index] as number;
    if (this.#keys.count > this.#numbers.length / 4) {
      // Few come again.
      this.#keys.addJson(json, number, around);
      return;
    }
    if (this.#around !== around) [this.#around, this.#jsons] = [around, []];
    const known = this.#jsons[number];
    if (known !== undefined) {
      json.bytes(known);
      return;
    }
    const start = json.length;
    this.#keys.addJson(json, number, around);
    this.#jsons[number] = json.written().slice(start);
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

  isEmpty(row: number): boolean {
    return this.start(row) === this.end(row);
  }
}

/** Where there are no items at all, nothing is written of them. */
export const noItems: JsonColumn<never> = { at: ofNone, addJson: (_, index) => ofNone(index) };

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
  readonly keys: JsonColumn<string>;
  readonly values: JsonColumn<Value>;

  constructor(ends: ArrayBuffer, keys: JsonColumn<string>, values: JsonColumn<Value>) {
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
