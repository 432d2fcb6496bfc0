/**
 * Byte strings, each once, by number: the dictionary of a LowCardinality column. Open addressing over
 * an Int32Array, because a JavaScript string per look-up would cost more than all the rest of a span.
 *
 *   slots   [ …, number + 1, 0, … ]        0: free; looked for from hash & mask on
 *   keys    ┌ varint length ┬ bytes ┬ …    as the Native format writes them
 */
import { isUtf8 } from 'node:buffer';
import { ByteColumn, isAscii, repairedUtf8 } from './byte-column.ts';

const initialSlots = 256;

export class Dictionary {
  readonly keys: ByteColumn = new ByteColumn();
  size = 0;
  #slots = new Int32Array(initialSlots);
  #hashes = new Int32Array(initialSlots);
  /** Where each key's bytes begin and end in `keys`. */
  #starts = new Int32Array(initialSlots);
  #ends = new Int32Array(initialSlots);
  readonly #isText: boolean;

  /** @param isText bytes that are not UTF-8 are stored with U+FFFD in place of what is wrong */
  constructor({ isText = true }: { isText?: boolean } = {}) {
    this.#isText = isText;
  }

  clear(): void {
    this.keys.clear();
    this.size = 0;
    this.#slots.fill(0);
  }

  /** As `numberOf`, for bytes that may well be those of number `guess`: then they are not hashed. */
  numberOfLike(guess: number, source: Uint8Array, start: number, end: number): number {
    if (guess < this.size && this.#isKey(guess, source, start, end)) return guess;
    return this.numberOf(source, start, end);
  }

  /** The number of these bytes: 0, 1, 2, … in the order of their first appearance. */
  numberOf(source: Uint8Array, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const mask = this.#slots.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = (this.#slots[at] as number) - 1;
      if (number < 0) return this.#add(source, start, end, hash, at);
      if (this.#hashes[number] === hash && this.#isKey(number, source, start, end)) return number;
    }
  }

  #isKey(number: number, source: Uint8Array, start: number, end: number): boolean {
    const begin = this.#starts[number] as number;
    if ((this.#ends[number] as number) - begin !== end - start) return false;
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
    if (number === this.#hashes.length) this.#growKeys();
    this.keys.varint(end - start);
    this.#starts[number] = this.keys.length;
    this.keys.raw(source, start, end);
    this.#ends[number] = this.keys.length;
    this.#hashes[number] = hash;
    this.#slots[slot] = number + 1;
    if (this.size * 2 > this.#slots.length) this.#growSlots();
    return number;
  }

  #growKeys(): void {
    this.#hashes = doubled(this.#hashes);
    this.#starts = doubled(this.#starts);
    this.#ends = doubled(this.#ends);
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let at = (this.#hashes[number] as number) & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = number + 1;
    }
    this.#slots = slots;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(array.length * 2);
  grown.set(array);
  return grown;
}

/** FNV-1a over 32 bits, its bits mixed once more: the low ones alone choose the slot. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
