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
export const noItems: ValueColumn<never> = { at: ofNone, arrays: {} };

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
}

export function emptyLists(rowCount: number): ListColumn<never> {
  return new ListColumn(new ArrayBuffer(rowCount * 8), noItems);
}

export function emptyMaps(rowCount: number): MapColumn<never> {
  return new MapColumn(new ArrayBuffer(rowCount * 8), noItems, noItems);
}
