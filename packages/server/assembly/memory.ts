/**
 * The module's memory: what a batch takes is handed out from the bottom up and never given back one by one; `clearMemory` gives back all
 * of it at once, and the next batch begins at the bottom, on pages that are there already.
 *
 *   ┌ constants, objects (made once, at the start) ┬ a batch: input, chunks, tables ┬ free …
 *                                                  bottom                           top
 *
 * Behind everything that is handed out are `slack` bytes more, so that sixteen bytes can be read, and written, where fewer are meant.
 */
import { outOfMemory } from './host';

const slack: usize = 32;
const pageBits: u64 = 16;
/** A MiB: what the memory grows by at least. */
const growthPages: i32 = 16;

let bottom: usize = 0;
let top: usize = 0;

/** To be called when all objects are made. */
export function beginMemory(): void {
  bottom = (memory.size() as usize) << (pageBits as usize);
  top = bottom;
}

export function clearMemory(): void {
  top = bottom;
}

/** Its bytes are whatever an earlier batch left there. */
export function allocate(size: usize): usize {
  const at = top;
  const end = ((at as u64) + (size as u64) + slack + 15) & ~(15 as u64);
  const missing = ((end >> pageBits) as i32) + 1 - memory.size();
  if (missing > 0 && memory.grow(max(missing, growthPages)) < 0 && memory.grow(missing) < 0) {
    outOfMemory(size);
    unreachable();
  }
  top = end as usize;
  return at;
}
