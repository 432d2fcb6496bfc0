/**
 * Byte strings, each once, by number: the dictionary of a LowCardinality column. Open addressing, because this is where most
 * of a span's time goes.
 *
 *   slot = hash │ number + 1 (0: free) │ text │ size      four u32; looked for from the hash on
 *   keys   ┌ varint length ┬ text ┬ …                     as the Native format writes them
 *
 * All that is asked of a slot lies in it: with a batch's hundred thousand values, each place more is a miss in the processor's caches
 * more.
 */
import { hashOf, isAscii, isSame } from './bytes';
import { ChunkedBytes } from './chunked-bytes';
import { repaired } from './host';
import { Table } from './table';

const slotSize: usize = 16;

export class Dictionary {
  readonly keys: ChunkedBytes = new ChunkedBytes();
  size: u32 = 0;
  /** Where the key stands whose number was given last, and its size. */
  text: usize = 0;
  textSize: usize = 0;
  private readonly slots: Table = new Table(slotSize * 512);
  private readonly isText: bool;

  /** @param isText bytes that are not UTF-8 are stored with U+FFFD in place of what is wrong */
  constructor(isText: bool) {
    this.isText = isText;
  }

  clear(): void {
    this.keys.clear();
    this.slots.clear();
    this.size = 0;
  }

  /** The number of these bytes: 0, 1, 2, … in the order of their first appearance. */
  numberOf(text: usize, size: usize): u32 {
    const hash = hashOf(text, size);
    const slot = this.slotOf(hash, text, size);
    const number = load<u32>(slot, 4);
    if (number === 0) return this.add(text, size, hash, slot);
    this.text = load<u32>(slot, 8);
    this.textSize = size;
    return number - 1;
  }

  /** The one that has it, or is free for it. */
  private slotOf(hash: u32, text: usize, size: usize): usize {
    const begin = this.slots.at;
    const mask = this.slots.size - slotSize;
    let slot = begin + ((hash * slotSize) & mask);
    while (load<u32>(slot, 4) !== 0) {
      if (load<u32>(slot) === hash && load<u32>(slot, 12) === size && isSame(load<u32>(slot, 8), text, size)) break;
      slot = begin + ((slot + slotSize - begin) & mask);
    }
    return slot;
  }

  private add(text: usize, size: usize, hash: u32, slot: usize): u32 {
    if (this.isText && !isAscii(text, size)) {
      const other = repaired(text, size);
      if (other !== 0) return this.numberOf(other + 4, load<u32>(other));
    }
    const number = this.size++;
    this.text = this.keys.text(text, size);
    this.textSize = size;
    this.write(slot, hash, number);
    if (this.size * slotSize * 2 > this.slots.size) this.growSlots();
    return number;
  }

  private write(slot: usize, hash: u32, number: u32): void {
    store<u32>(slot, hash);
    store<u32>(slot, number + 1, 4);
    store<u32>(slot, this.text as u32, 8);
    store<u32>(slot, this.textSize as u32, 12);
  }

  private growSlots(): void {
    const at = this.slots.at;
    const size = this.slots.size;
    this.slots.size = size << 1;
    this.slots.clear();
    const mask = this.slots.size - slotSize;
    for (let from = at; from < at + size; from += slotSize) {
      if (load<u32>(from, 4) === 0) continue;
      let offset = (load<u32>(from) * slotSize) & mask;
      while (load<u32>(this.slots.at + offset, 4) !== 0) offset = (offset + slotSize) & mask;
      v128.store(this.slots.at + offset, v128.load(from));
    }
  }

  /** So that one key more, of up to 100 bytes, moves nothing and needs no memory. */
  reserveOne(): void {
    this.keys.reserve(100);
    if ((this.size + 1) * slotSize * 2 > this.slots.size) this.growSlots();
  }
}
