/**
 * Which attributes come after which, as a tree: spans that the same code made have the same keys in the same order, so
 * that a key is mostly known by where it stands, and a comparison takes the place of a look-up. A node is one attribute, by its
 * key and type; the way to it from the root, node 0, is those before it in its list.
 */
import { attributeTypes } from './attribute-list.ts';
import type { Dictionary } from './dictionary.ts';
import { grown } from './grown.ts';
import type { SlotCounts } from './slot-counts.ts';

/** Spans of some kinds take turns. */
const guesses = 4;

export class AttributeShapes {
  readonly #keys: Dictionary;
  #size = 1;
  #keyOf = new Int32Array(256);
  #typeOf = new Int32Array(256);
  #parents = new Int32Array(256);
  /** A node's children, as a list: the newest, and for each the one before it. 0: none. */
  #newest = new Int32Array(256);
  #older = new Int32Array(256);
  /** By `parent * 2^32 + slot`. */
  readonly #nodes = new Map<number, number>();
  /** How many lists ended at a node, since `takeCounts`. */
  #ends = new Int32Array(256);
  readonly #ended: number[] = [];

  constructor(keys: Dictionary) {
    this.#keys = keys;
  }

  /** Numbers of keys mean others from here on. */
  clear(): void {
    this.#newest.fill(0, 0, this.#size);
    this.#size = 1;
    this.#nodes.clear();
  }

  get size(): number {
    return this.#size;
  }

  keyOf(node: number): number {
    return this.#keyOf[node] as number;
  }

  /** The node after `parent`, for a key whose bytes stand in `bytes` from `start` to `end`. */
  next(parent: number, type: number, bytes: Uint8Array, start: number, end: number): number {
    let child = this.#newest[parent] as number;
    for (let i = 0; child !== 0 && i < guesses; i++) {
      if (this.#typeOf[child] === type && this.#keys.isKey(this.#keyOf[child] as number, bytes, start, end))
        return child;
      child = this.#older[child] as number;
    }
    return this.#find(parent, this.#keys.numberOf(bytes, start, end), type);
  }

  #find(parent: number, key: number, type: number): number {
    const place = parent * 2 ** 32 + slotOf(key, type);
    const known = this.#nodes.get(place);
    if (known !== undefined) return known;
    const node = this.#size++;
    if (node === this.#keyOf.length) this.#grow();
    this.#keyOf[node] = key;
    this.#typeOf[node] = type;
    this.#parents[node] = parent;
    this.#older[node] = this.#newest[parent] as number;
    this.#newest[parent] = node;
    this.#newest[node] = 0;
    this.#nodes.set(place, node);
    return node;
  }

  /** Counts a list, whose last attribute is `node`. */
  count(node: number): void {
    if (this.#ends[node] === 0) this.#ended.push(node);
    (this.#ends[node] as number)++;
  }

  /** How many of the lists counted so far have each key, by `slotOf`; they begin anew. */
  takeCounts(counts: SlotCounts): void {
    for (const end of this.#ended) {
      const count = this.#ends[end] as number;
      for (let node = end; node !== 0; node = this.#parents[node] as number) {
        counts.add(slotOf(this.#keyOf[node] as number, this.#typeOf[node] as number), count);
      }
      this.#ends[end] = 0;
    }
    this.#ended.length = 0;
  }

  #grow(): void {
    this.#keyOf = grown(this.#keyOf);
    this.#typeOf = grown(this.#typeOf);
    this.#parents = grown(this.#parents);
    this.#newest = grown(this.#newest);
    this.#older = grown(this.#older);
    this.#ends = grown(this.#ends);
  }
}

/** A key's number and its type, as one number. */
function slotOf(key: number, type: number): number {
  return key * attributeTypes.length + type;
}
