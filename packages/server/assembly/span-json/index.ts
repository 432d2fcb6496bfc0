/**
 * Rows of ClickHouse's blocks → the JSON text of their spans, of which a trace may have 100,000, as a WebAssembly module. All below is
 * called from `src/query/span-json.ts`: what is to be read is written to where `allocate` says, a list of rows among it, for `writeRows`;
 * what has been written so far is taken now and then (`textAt`, `textSize`, `clearText`); and in the end `clear`.
 *
 *   row = block │ index in it      two u32
 */
import { beginMemory, clearMemory } from '../memory';
import { comma, startText, textSize, writeByte } from './json-text';
import { writeSpan } from './span';

export { allocate } from '../memory';
export { add, clearText, reserve, textAt, textSize } from './json-text';

beginMemory();
clear();

/** Nothing of what was given or written may be read any more. */
export function clear(): void {
  clearMemory();
  startText();
}

/**
 * Writes the first `count` of `rows`, as items of a list, until the text has `enough` bytes.
 * @returns how many it has written
 */
export function writeRows(rows: usize, count: u32, isBegin: bool, enough: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    if (textSize() >= enough) return i;
    if (i > 0 || !isBegin) writeByte(comma);
    const row = rows + ((i as usize) << 3);
    writeSpan(load<u32>(row), load<u32>(row, 4));
  }
  return count;
}
