/**
 * Columns of ClickHouse's Native format, by the shape of their type. A column is written as two things: the
 * prefix, which says how LowCardinality is kept, and the data.
 *
 *   LowCardinality   prefix  version 1 (u64)
 *                    data    index width and flags (u64) │ key count (u64) │ keys │ row count (u64) │ indexes
 *   Array, Map       prefix  those of what is inside
 *                    data    end of each row (u64 each) │ what is inside: for a Map all keys, then all values
 *
 * An inner column without values writes no data at all, not even its header.
 */
import { ByteColumn } from './byte-column.ts';
import type { Dictionary } from './dictionary.ts';

export interface Column {
  /** As ClickHouse names it. */
  readonly type: string;
  writePrefix(out: ByteColumn): void;
  writeData(out: ByteColumn): void;
  clear(): void;
}

/** Numbers, FixedString, String: their bytes are written by the caller, one value at a time, into `values`. */
export class PlainColumn implements Column {
  readonly type: string;
  readonly values: ByteColumn = new ByteColumn();

  constructor(type: string) {
    this.type = type;
  }

  text(source: Uint8Array, start: number, end: number): void {
    this.values.text(source, start, end);
  }

  /** All values of a column of the same type. */
  copy({ values }: PlainColumn): void {
    this.values.raw(values.bytes, 0, values.length);
  }

  writePrefix(): void {}

  writeData(out: ByteColumn): void {
    out.raw(this.values.bytes, 0, this.values.length);
  }

  clear(): void {
    this.values.clear();
  }
}

const dictionaryVersion = 1;
const hasAdditionalKeys = 1 << 9;
const needsUpdateOfDictionary = 1 << 10;

/** LowCardinality(String). Several columns may share a dictionary: each writes it whole. */
export class DictionaryColumn implements Column {
  readonly type: string = 'LowCardinality(String)';
  readonly dictionary: Dictionary;
  rowCount = 0;
  #numbers = new Uint32Array(64);

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
  }

  push(number: number): void {
    if (this.rowCount === this.#numbers.length) this.#grow(1);
    this.#numbers[this.rowCount++] = number;
  }

  text(source: Uint8Array, start: number, end: number): void {
    this.push(this.dictionary.numberOf(source, start, end));
  }

  /** For text that may well be that of number `guess`. @returns its number */
  textLike(guess: number, source: Uint8Array, start: number, end: number): number {
    const number = this.dictionary.numberOfLike(guess, source, start, end);
    this.push(number);
    return number;
  }

  /** All values of a column with the same dictionary. */
  copy(other: DictionaryColumn): void {
    const count = other.rowCount;
    if (this.rowCount + count > this.#numbers.length) this.#grow(count);
    for (let i = 0; i < count; i++) this.#numbers[this.rowCount++] = other.#numbers[i] as number;
  }

  writePrefix(out: ByteColumn): void {
    out.count(dictionaryVersion);
  }

  writeData(out: ByteColumn): void {
    if (this.rowCount === 0) return;
    const { dictionary, rowCount } = this;
    const width = dictionary.size <= 0x100 ? 0 : dictionary.size <= 0x10000 ? 1 : 2;
    out.count(width | hasAdditionalKeys | needsUpdateOfDictionary);
    out.count(dictionary.size);
    out.raw(dictionary.keys.bytes, 0, dictionary.keys.length);
    out.count(rowCount);
    const numbers = this.#numbers.subarray(0, rowCount);
    // Not `from`, which goes element by element.
    const sized = width === 0 ? new Uint8Array(numbers) : width === 1 ? new Uint16Array(numbers) : numbers;
    // Every platform that Node and ClickHouse run on is little-endian, as the format is.
    out.raw(new Uint8Array(sized.buffer, 0, rowCount << width), 0, rowCount << width);
  }

  clear(): void {
    this.rowCount = 0;
  }

  #grow(more: number): void {
    const grown = new Uint32Array(Math.max(this.#numbers.length * 2, this.rowCount + more));
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

/** Array(…): a row's elements go into `items`, then `endRow` says how many they were. */
export class ArrayColumn<Items extends Column> implements Column {
  readonly type: string;
  readonly items: Items;
  readonly #ends = new ByteColumn();
  #itemCount = 0;

  constructor(items: Items) {
    this.items = items;
    this.type = `Array(${items.type})`;
  }

  endRow(itemCount: number): void {
    this.#itemCount += itemCount;
    this.#ends.count(this.#itemCount);
  }

  writePrefix(out: ByteColumn): void {
    this.items.writePrefix(out);
  }

  writeData(out: ByteColumn): void {
    out.raw(this.#ends.bytes, 0, this.#ends.length);
    this.items.writeData(out);
  }

  clear(): void {
    this.#ends.clear();
    this.items.clear();
    this.#itemCount = 0;
  }
}

type MapValues = PlainColumn | DictionaryColumn;

/** Map(LowCardinality(String), …). */
export class MapColumn<Values extends MapValues = MapValues> implements Column {
  readonly type: string;
  readonly keys: DictionaryColumn;
  readonly values: Values;
  readonly #ends = new ByteColumn();

  constructor(keys: Dictionary, values: Values) {
    this.keys = new DictionaryColumn(keys);
    this.values = values;
    this.type = `Map(${this.keys.type}, ${values.type})`;
  }

  /** All keys and values of a map of the same type and with the same dictionaries, as one row. */
  copy(other: MapColumn): void {
    this.keys.copy(other.keys);
    if (this.values instanceof PlainColumn && other.values instanceof PlainColumn) this.values.copy(other.values);
    else if (this.values instanceof DictionaryColumn && other.values instanceof DictionaryColumn)
      this.values.copy(other.values);
    this.endRow();
  }

  /** The keys and values since the last one are a row. */
  endRow(): void {
    this.#ends.count(this.keys.rowCount);
  }

  writePrefix(out: ByteColumn): void {
    this.keys.writePrefix(out);
    this.values.writePrefix(out);
  }

  writeData(out: ByteColumn): void {
    out.raw(this.#ends.bytes, 0, this.#ends.length);
    this.keys.writeData(out);
    this.values.writeData(out);
  }

  clear(): void {
    this.#ends.clear();
    this.keys.clear();
    this.values.clear();
  }
}
