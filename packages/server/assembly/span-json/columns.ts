/**
 * Columns of a block, as `src/query/span-json.ts` lists them. Which of the arrays a column has depends on its type:
 *
 *   column = values │ their size │ their width │ bytes of texts │ starts │ ends │ count of texts │ pieces      eight u32
 *
 *   numbers, ids    values
 *   text            bytes, and where in them each one starts and ends
 *   dictionary      the same, and as values the number of each text
 *   map             as values where the items of each row end; the next two columns are its keys and values
 *
 * Where a text stands was found by who read the block; other numbers in it can be anything, and are looked at before they are used.
 * `pieces` belongs to `keys.ts`.
 */
import { outsideBlock } from './host';

export const columnSize: usize = 32;

/** Where value `index` stands, of `size` bytes. */
export function valueAt(column: usize, index: u32, size: usize): usize {
  const offset = (index as u64) * (size as u64);
  if (offset + (size as u64) > (load<u32>(column, 4) as u64)) outside(index);
  return load<u32>(column) + (offset as usize);
}

/** Where the items of row `row` of a map end: there are never 2^32 items in a block. */
export function itemsEnd(map: usize, row: u32): u32 {
  return load<u32>(valueAt(map, row, 8));
}

export function itemsStart(map: usize, row: u32): u32 {
  return row === 0 ? 0 : itemsEnd(map, row - 1);
}

/** Has each text a number? */
export function isDictionary(column: usize): bool {
  return load<u32>(column, 8) !== 0;
}

export function textCount(column: usize): u32 {
  return load<u32>(column, 24);
}

/** @returns below `textCount` */
export function textNumber(column: usize, index: u32): u32 {
  const number = numberAt(column, index);
  if (number >= textCount(column)) outside(index);
  return number;
}

function numberAt(column: usize, index: u32): u32 {
  switch (load<u32>(column, 8)) {
    case 0:
      return index;
    case 1:
      return load<u8>(valueAt(column, index, 1));
    case 2:
      return load<u16>(valueAt(column, index, 2));
    default:
      return load<u32>(valueAt(column, index, 4));
  }
}

/** Where the text of a number is, from one byte to another. */
export function textStart(column: usize, number: u32): usize {
  return load<u32>(column, 12) + load<u32>(load<u32>(column, 16) + ((number as usize) << 2));
}

export function textEnd(column: usize, number: u32): usize {
  return load<u32>(column, 12) + load<u32>(load<u32>(column, 20) + ((number as usize) << 2));
}

function outside(index: u32): void {
  outsideBlock(index);
  unreachable();
}
