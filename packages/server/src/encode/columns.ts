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
 *
 * Most of a span's forty columns have nothing to say about it. Such a column is not touched: `fill` gives rows that were
 * passed over their default, many at once, before the next one that is not, and at the end.
 */
import { ByteColumn } from './byte-column.ts';
import { grown } from './grown.ts';

export interface Column {
  /** As ClickHouse names it. */
  readonly type: string;
  /** Gives rows their default until there are `rowCount`. */
  fill(rowCount: number): void;
  writePrefix(out: ColumnWriter): void;
  writeData(out: ColumnWriter): void;
  clear(): void;
}

/** Where columns are written to. What `raw` takes is not to change before the block is made. */
export interface ColumnWriter {
  count(value: number): void;
  raw(bytes: Uint8Array): void;
}

/**
 * Numbers and FixedString. The default is zeros. What is mostly something else is written into `values`, by the caller and for
 * every row; what is mostly zero, with the row's number.
 */
export class PlainColumn implements Column {
  readonly type: string;
  readonly values: ByteColumn = new ByteColumn();
  readonly #width: number;

  /** @param width of one value, in bytes */
  constructor(type: string, width: number) {
    this.type = type;
    this.#width = width;
  }

  fill(rowCount: number): void {
    const missing = rowCount * this.#width - this.values.length;
    if (missing > 0) this.values.zeros(missing);
  }

  writePrefix(): void {}

  writeData(out: ColumnWriter): void {
    out.raw(this.values.written());
  }

  clear(): void {
    this.values.clear();
  }
}

/** String. The default is the empty one. */
export class TextColumn implements Column {
  readonly type: string = 'String';
  readonly #values = new ByteColumn();
  #rowCount = 0;

  /** The next row. */
  text(source: Uint8Array, start: number, end: number): void {
    this.#values.text(source, start, end);
    this.#rowCount++;
  }

  /** The next row, of text that we made. */
  string(text: string): void {
    this.#values.string(text);
    this.#rowCount++;
  }

  fill(rowCount: number): void {
    if (rowCount <= this.#rowCount) return;
    this.#values.zeros(rowCount - this.#rowCount);
    this.#rowCount = rowCount;
  }

  writePrefix(): void {}

  writeData(out: ColumnWriter): void {
    out.raw(this.#values.written());
  }

  clear(): void {
    this.#values.clear();
    this.#rowCount = 0;
  }
}

export const dictionaryVersion = 1;
const hasAdditionalKeys = 1 << 9;
const needsUpdateOfDictionary = 1 << 10;

/** The keys of a LowCardinality column, by number. */
export interface DictionaryKeys {
  readonly size: number;
  /** Of the empty one, which it has from then on. */
  emptyNumber(): number;
  /** As the Native format has them. */
  writeKeys(out: ColumnWriter): void;
}

/** LowCardinality(String). Several columns may share a dictionary: each writes it whole. The default is the empty string. */
export class DictionaryColumn implements Column {
  readonly type: string = 'LowCardinality(String)';
  readonly dictionary: DictionaryKeys;
  rowCount = 0;
  #numbers = new Uint32Array(64);

  constructor(dictionary: DictionaryKeys) {
    this.dictionary = dictionary;
  }

  push(number: number): void {
    if (this.rowCount === this.#numbers.length) this.#grow(1);
    this.#numbers[this.rowCount++] = number;
  }

  fill(rowCount: number): void {
    if (rowCount > this.rowCount) this.repeat(this.dictionary.emptyNumber(), rowCount - this.rowCount);
  }

  repeat(number: number, times: number): void {
    this.#reserve(times);
    this.#numbers.fill(number, this.rowCount, this.rowCount + times);
    this.rowCount += times;
  }

  writePrefix(out: ColumnWriter): void {
    out.count(dictionaryVersion);
  }

  writeData(out: ColumnWriter): void {
    if (this.rowCount === 0) return;
    const { dictionary, rowCount } = this;
    const width = dictionary.size <= 0x100 ? 0 : dictionary.size <= 0x10000 ? 1 : 2;
    out.count(width | hasAdditionalKeys | needsUpdateOfDictionary);
    out.count(dictionary.size);
    dictionary.writeKeys(out);
    out.count(rowCount);
    const numbers = this.#numbers.subarray(0, rowCount);
    // Not `from`, which goes element by element.
    const sized = width === 0 ? new Uint8Array(numbers) : width === 1 ? new Uint16Array(numbers) : numbers;
    // Every platform that Node and ClickHouse run on is little-endian, as the format is.
    out.raw(new Uint8Array(sized.buffer, 0, rowCount << width));
  }

  clear(): void {
    this.rowCount = 0;
  }

  #reserve(more: number): void {
    if (this.rowCount + more > this.#numbers.length) this.#grow(more);
  }

  #grow(more: number): void {
    this.#numbers = grown(this.#numbers, this.rowCount + more);
  }
}

/** Where the rows of an Array end. The default is an empty one. */
export class RowEnds {
  readonly #ends = new ByteColumn();
  #last = 0;

  /** @param itemCount how much there is inside, of this row */
  endRow(row: number, itemCount: number): void {
    if (itemCount === 0) return;
    this.fill(row);
    this.#last += itemCount;
    this.#ends.uint64(0, this.#last);
  }

  fill(rowCount: number): void {
    for (let row = this.#ends.length / 8; row < rowCount; row++) this.#ends.uint64(0, this.#last);
  }

  writeData(out: ColumnWriter): void {
    out.raw(this.#ends.written());
  }

  clear(): void {
    this.#ends.clear();
    this.#last = 0;
  }
}

/** Array(…): a row's elements go into `items`, and `ends` are told how many they were. Columns whose rows have equally many share them. */
export class ArrayColumn<Items extends Column> implements Column {
  readonly type: string;
  readonly items: Items;
  readonly #ends: RowEnds;

  constructor(ends: RowEnds, items: Items) {
    this.#ends = ends;
    this.items = items;
    this.type = `Array(${items.type})`;
  }

  fill(rowCount: number): void {
    this.#ends.fill(rowCount);
  }

  writePrefix(out: ColumnWriter): void {
    this.items.writePrefix(out);
  }

  writeData(out: ColumnWriter): void {
    this.#ends.writeData(out);
    this.items.writeData(out);
  }

  clear(): void {
    this.#ends.clear();
    this.items.clear();
  }
}
