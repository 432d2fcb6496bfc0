/** Columns whose rows have several items each: arrays and maps. */
import type { Column, ColumnArrays, ValueColumn } from './columns.ts';

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

export function emptyLists(rowCount: number): ListColumn<never> {
  return new ListColumn(new ArrayBuffer(rowCount * 8), noItems);
}

export function emptyMaps(rowCount: number): MapColumn<never> {
  return new MapColumn(new ArrayBuffer(rowCount * 8), noItems, noItems);
}
