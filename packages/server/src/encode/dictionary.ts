/**
 * Byte strings, each once, by number: the dictionary of a LowCardinality column. Open addressing over
 * an Int32Array, because a JavaScript string per look-up would cost more than all the rest of a span.
 *
 *   slots   [ …, number + 1, hash, 0, 0, … ]   pairs; 0: free; looked for from hash & mask on
 *   places  [ start, end, start, end, … ]      of each key's bytes in `keys`
 *   keys    ┌ varint length ┬ bytes ┬ …        as the Native format writes them
 *
 * What is looked at together lies together: with a batch's hundred thousand values, each array more is a miss in the
 * processor's caches more.
 */
import { isUtf8 } from 'node:buffer';
import { ByteColumn, isAscii, repairedUtf8 } from './byte-column.ts';
import type { ColumnWriter, DictionaryKeys } from './columns.ts';
import { grown } from './grown.ts';

const initialKeys = 256;
const noBytes = new Uint8Array(0);

export class Dictionary implements DictionaryKeys {
  readonly keys: ByteColumn = new ByteColumn();
  size = 0;
  #slots = new Int32Array(4 * initialKeys);
  #places = new Int32Array(2 * initialKeys);
  readonly #isText: boolean;

  /** @param isText bytes that are not UTF-8 are stored with U+FFFD in place of what is wrong */
  constructor({ isText = true }: { isText?: boolean } = {}) {
    this.#isText = isText;
  }

  emptyNumber(): number {
    return this.numberOf(noBytes, 0, 0);
  }

  writeKeys(out: ColumnWriter): void {
    out.raw(this.keys.written());
  }

  clear(): void {
    this.keys.clear();
    this.size = 0;
    this.#slots.fill(0);
  }

  /** The number of these bytes: 0, 1, 2, … in the order of their first appearance. */
  numberOf(source: Uint8Array, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const slots = this.#slots;
    const mask = slots.length - 2;
    for (let at = (hash << 1) & mask; ; at = (at + 2) & mask) {
      const number = (slots[at] as number) - 1;
      if (number < 0) return this.#add(source, start, end, hash, at);
      if (slots[at + 1] === hash && this.#isKey(number, source, start, end)) return number;
    }
  }

  /** Whether these bytes are those of `number`, which is below `size`. */
  #isKey(number: number, source: Uint8Array, start: number, end: number): boolean {
    const begin = this.#places[2 * number] as number;
    if ((this.#places[2 * number + 1] as number) - begin !== end - start) return false;
    const keys = this.keys.bytes;
    for (let i = start, at = begin; i < end; i++, at++) {
      if (keys[at] !== source[i]) return false;
    }
    return true;
  }

  #add(source: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    if (this.#isText && !isAscii(source, start, end) && !isUtf8(source.subarray(start, end))) {
      const repaired = repairedUtf8(source, start, end);
      return this.numberOf(repaired, 0, repaired.length);
    }
    const number = this.size++;
    if (2 * number === this.#places.length) this.#places = grown(this.#places);
    this.keys.varint(end - start);
    this.#places[2 * number] = this.keys.length;
    this.keys.raw(source, start, end);
    this.#places[2 * number + 1] = this.keys.length;
    this.#slots[slot] = number + 1;
    this.#slots[slot + 1] = hash;
    if (this.size * 4 > this.#slots.length) this.#growSlots();
    return number;
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 2;
    for (let from = 0; from < this.#slots.length; from += 2) {
      if (this.#slots[from] === 0) continue;
      const hash = this.#slots[from + 1] as number;
      let at = (hash << 1) & mask;
      while (slots[at] !== 0) at = (at + 2) & mask;
      slots[at] = this.#slots[from] as number;
      slots[at + 1] = hash;
    }
    this.#slots = slots;
  }
}

/** Four bytes at a time, as FNV-1a takes one; its bits are mixed once more, since the low ones alone choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    hash = Math.imul(hash ^ four, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
