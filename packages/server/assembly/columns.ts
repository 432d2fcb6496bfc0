/**
 * Columns of ClickHouse's Native format, by the shape of their type.
 *
 *   LowCardinality   index width and flags (u64) │ key count (u64) │ keys │ row count (u64) │ indexes
 *   Map              end of each row (u64 each) │ all keys │ all values
 *
 * An inner column without values writes no data at all, not even its header. What stands before the data of LowCardinality,
 * and names and types, is written in TypeScript (`src/encode/encoded-columns.ts`).
 *
 * Most of a span's forty columns have nothing to say about it. Such a column is not touched: `fill` gives rows that were
 * passed over their default, many at once, before the next one that is not, and at the end.
 *
 * @see https://clickhouse.com/docs/interfaces/formats/Native
 */
import { isAscii } from './bytes';
import { ChunkedBytes } from './chunked-bytes';
import { Dictionary } from './dictionary';
import { repaired } from './host';
import { allocate } from './memory';
import { addPiece } from './pieces';

export abstract class Column {
  readonly values: ChunkedBytes = new ChunkedBytes();

  clear(): void {
    this.values.clear();
  }

  /** Empty, with the memory that it has. */
  rewind(): void {
    this.values.rewind();
  }

  /** Gives rows their default until there are `rowCount`. */
  abstract fill(rowCount: u32): void;

  /** All rows are there: from here on, listing it takes no memory. */
  complete(): void {}

  /** Adds its data to the pieces. */
  list(): void {
    this.values.list();
  }

  /** All values of a column of the same type, and with the same dictionary. */
  appendAll(other: Column): void {
    this.values.append(other.values);
  }
}

/** Numbers and FixedString. The default is zeros. What is mostly something else is written into `values`, for every row. */
export class PlainColumn extends Column {
  private readonly width: usize;

  /** @param width of one value, in bytes */
  constructor(width: usize) {
    super();
    this.width = width;
  }

  override fill(rowCount: u32): void {
    const size = (rowCount as usize) * this.width;
    if (size > this.values.length) this.values.zeros(size - this.values.length);
  }

  uint32(row: u32, value: u32): void {
    if (value === 0) return;
    this.fill(row);
    this.values.uint32(value);
  }

  uint64(row: u32, value: u64): void {
    if (value === 0) return;
    this.fill(row);
    this.values.uint64(value);
  }
}

/** String. The default is the empty one. */
export class TextColumn extends Column {
  private rowCount: u32 = 0;

  override clear(): void {
    super.clear();
    this.rowCount = 0;
  }

  override rewind(): void {
    super.rewind();
    this.rowCount = 0;
  }

  override fill(rowCount: u32): void {
    if (rowCount <= this.rowCount) return;
    this.values.zeros(rowCount - this.rowCount);
    this.rowCount = rowCount;
  }

  /** Row `row`. Text that is not UTF-8 is stored with U+FFFD in place of what is wrong. */
  textAt(row: u32, text: usize, size: usize): void {
    if (size === 0) return;
    this.fill(row);
    const other = isAscii(text, size) ? 0 : repaired(text, size);
    if (other === 0) this.text(text, size);
    else this.hosted(other);
  }

  /** The next row, of text that the host gave. */
  hosted(text: usize): void {
    this.text(text + 4, load<u32>(text));
  }

  private text(text: usize, size: usize): void {
    this.values.text(text, size);
    this.rowCount++;
  }

  /** Row `row`: the only one of `other`, if that has one. */
  copyAt(row: u32, other: TextColumn): void {
    if (other.rowCount === 0) return;
    this.fill(row);
    this.appendAll(other);
    this.rowCount++;
  }
}

const hasAdditionalKeys: u64 = 1 << 9;
const needsUpdateOfDictionary: u64 = 1 << 10;

/** LowCardinality(String), of which every row is written. Several columns may share a dictionary: each writes it whole. */
export class DictionaryColumn extends Column {
  readonly dictionary: Dictionary;
  /** What stands before the keys, and before the indexes. */
  private header: usize = 0;

  constructor(dictionary: Dictionary) {
    super();
    this.dictionary = dictionary;
  }

  get rowCount(): u32 {
    return (this.values.length >> 2) as u32;
  }

  push(number: u32): void {
    this.values.uint32(number);
  }

  repeat(number: u32, times: u32): void {
    const size = (times as usize) << 2;
    const at = this.values.reserve(size);
    for (let offset: usize = 0; offset < size; offset += 4) store<u32>(at + offset, number);
    this.values.at = at + size;
  }

  repeatText(text: usize, size: usize, times: u32): void {
    if (times > 0) this.repeat(this.dictionary.numberOf(text, size), times);
  }

  override fill(_rowCount: u32): void {}

  override complete(): void {
    const rowCount = this.rowCount;
    this.header = 0;
    if (rowCount === 0) return;
    const keyCount = this.dictionary.size;
    const width: u64 = keyCount <= 0x100 ? 0 : keyCount <= 0x10000 ? 1 : 2;
    this.header = allocate(24);
    store<u64>(this.header, width | hasAdditionalKeys | needsUpdateOfDictionary);
    store<u64>(this.header, keyCount as u64, 8);
    store<u64>(this.header, rowCount as u64, 16);
    this.values.narrow(1 << (width as u32));
  }

  override list(): void {
    if (this.header === 0) return;
    addPiece(this.header, 16);
    this.dictionary.keys.list();
    addPiece(this.header + 16, 8);
    this.values.list();
  }
}

/** Map(LowCardinality(String), …): `values` are where each row ends. The default is an empty one. */
export class MapColumn<Items extends Column> extends Column {
  readonly keys: DictionaryColumn;
  readonly items: Items;
  private last: u32 = 0;
  /** Where the next key would have gone then. */
  private lastAt: usize = 0;

  constructor(keys: Dictionary, items: Items) {
    super();
    this.keys = new DictionaryColumn(keys);
    this.items = items;
  }

  override clear(): void {
    super.clear();
    this.keys.clear();
    this.items.clear();
    this.last = 0;
    this.lastAt = 0;
  }

  override rewind(): void {
    super.rewind();
    this.keys.rewind();
    this.items.rewind();
    this.last = 0;
    this.lastAt = this.keys.values.at;
  }

  /** The keys and items since the last row are this one. */
  endRow(row: u32): void {
    if (this.keys.values.at === this.lastAt) return;
    this.fill(row);
    this.lastAt = this.keys.values.at;
    this.last = this.keys.rowCount;
    this.values.uint64(this.last as u64);
  }

  override fill(rowCount: u32): void {
    const missing = ((rowCount as usize) << 3) - this.values.length;
    const at = this.values.reserve(missing);
    for (let offset: usize = 0; offset < missing; offset += 8) store<u64>(at + offset, this.last as u64);
    this.values.at = at + missing;
  }

  /** From `row` on, `times` rows with all keys and items of one whose keys and items are of the same dictionaries. */
  copy(other: MapColumn<Items>, row: u32, times: u32): void {
    if (other.keys.rowCount === 0) return;
    for (let time: u32 = 0; time < times; time++) {
      this.keys.appendAll(other.keys);
      this.items.appendAll(other.items);
      this.endRow(row + time);
    }
  }

  override complete(): void {
    this.keys.complete();
    this.items.complete();
  }

  override list(): void {
    this.values.list();
    this.keys.list();
    this.items.list();
  }
}
