/**
 * Which attributes come after which, as a tree: spans that the same code made have the same keys in the same order, so
 * that a key is mostly known by where it stands, and a comparison takes the place of a look-up. A node is one attribute, by its
 * key and type; the way to it from the root, node 0, is those before it in its list.
 *
 *   node = key │ type │ key's text │ its size │ parent │ newest child │ older sibling │ lists that ended here
 *          │ the value that it had last: number │ text │ size │ –                       twelve u32
 */
import { typeCount } from './attribute-list';
import { isSame } from './bytes';
import { Dictionary } from './dictionary';
import { SlotCounts } from './slot-counts';
import { Table } from './table';

const nodeSize: usize = 48;
const keyOffset: usize = 0;
const typeOffset: usize = 4;
const textOffset: usize = 8;
const sizeOffset: usize = 12;
const parentOffset: usize = 16;
const newestOffset: usize = 20;
const olderOffset: usize = 24;
const endsOffset: usize = 28;
const valueOffset: usize = 32;
const valueTextOffset: usize = 36;
const valueSizeOffset: usize = 40;

/** parent │ slot │ node (0: free) │ – */
const placeSize: usize = 16;
/** Spans of some kinds take turns. */
const guesses: i32 = 4;

export class AttributeShapes {
  private readonly keys: Dictionary;
  private readonly nodes: Table = new Table(256 * nodeSize);
  private readonly places: Table = new Table(512 * placeSize);
  private size: u32 = 0;
  /** The nodes at which lists ended, since `takeCounts`. */
  private readonly ended: Table = new Table(1024);
  private endedCount: usize = 0;

  constructor(keys: Dictionary) {
    this.keys = keys;
  }

  /** Numbers of keys mean others from here on. */
  clear(): void {
    this.nodes.clear();
    this.places.clear();
    this.ended.clear();
    this.size = 1;
    this.endedCount = 0;
  }

  keyOf(node: u32): u32 {
    return load<u32>(this.at(node), keyOffset);
  }

  private at(node: u32): usize {
    return this.nodes.at + node * nodeSize;
  }

  /** The node after `parent`, for a key of that type. */
  next(parent: u32, type: u32, text: usize, size: usize): u32 {
    const nodes = this.nodes.at;
    let child = load<u32>(nodes + parent * nodeSize, newestOffset);
    for (let i = 0; child !== 0 && i < guesses; i++) {
      const at = nodes + child * nodeSize;
      if (load<u32>(at, typeOffset) === type && load<u32>(at, sizeOffset) === size) {
        if (isSame(load<u32>(at, textOffset), text, size)) return child;
      }
      child = load<u32>(at, olderOffset);
    }
    return this.find(parent, this.keys.numberOf(text, size), type);
  }

  private find(parent: u32, key: u32, type: u32): u32 {
    const slot = key * typeCount + type;
    const place = this.placeOf(parent, slot);
    const known = load<u32>(place, 8);
    if (known !== 0) return known;
    const node = this.size++;
    store<u32>(place, parent);
    store<u32>(place, slot, 4);
    store<u32>(place, node, 8);
    this.writeNode(node, parent, key, type);
    if (this.size * placeSize * 2 > this.places.size) this.growPlaces();
    return node;
  }

  private writeNode(node: u32, parent: u32, key: u32, type: u32): void {
    this.nodes.reserve((node + 1) * nodeSize);
    const at = this.at(node);
    const parentAt = this.at(parent);
    store<u32>(at, key, keyOffset);
    store<u32>(at, type, typeOffset);
    store<u32>(at, this.keys.text as u32, textOffset);
    store<u32>(at, this.keys.textSize as u32, sizeOffset);
    store<u32>(at, parent, parentOffset);
    store<u32>(at, load<u32>(parentAt, newestOffset), olderOffset);
    store<u32>(parentAt, node, newestOffset);
    store<u32>(at, u32.MAX_VALUE, valueSizeOffset);
  }

  /** The one that has it, or is free for it. */
  private placeOf(parent: u32, slot: u32): usize {
    const begin = this.places.at;
    const mask = this.places.size - placeSize;
    let place = begin + ((((parent * 0x9e3779b1) ^ (slot * 0x85ebca6b)) * placeSize) & mask);
    while (load<u32>(place, 8) !== 0) {
      if (load<u32>(place) === parent && load<u32>(place, 4) === slot) break;
      place = begin + ((place + placeSize - begin) & mask);
    }
    return place;
  }

  private growPlaces(): void {
    const from = this.places.at;
    const end = from + this.places.size;
    this.places.size = this.places.size << 1;
    this.places.clear();
    for (let place = from; place < end; place += placeSize) {
      if (load<u32>(place, 8) === 0) continue;
      v128.store(this.placeOf(load<u32>(place), load<u32>(place, 4)), v128.load(place));
    }
  }

  /** The number of a node's value, which may well be the one that it had last. */
  valueNumber(node: u32, values: Dictionary, text: usize, size: usize): u32 {
    const at = this.at(node);
    if (load<u32>(at, valueSizeOffset) === size && isSame(load<u32>(at, valueTextOffset), text, size)) {
      return load<u32>(at, valueOffset);
    }
    const number = values.numberOf(text, size);
    store<u32>(at, number, valueOffset);
    store<u32>(at, values.text as u32, valueTextOffset);
    store<u32>(at, values.textSize as u32, valueSizeOffset);
    return number;
  }

  /** Counts a list, whose last attribute is `node`. */
  count(node: u32): void {
    const at = this.at(node);
    const count = load<u32>(at, endsOffset);
    store<u32>(at, count + 1, endsOffset);
    if (count > 0) return;
    this.ended.reserve((this.endedCount + 1) << 2);
    store<u32>(this.ended.at + (this.endedCount++ << 2), node);
  }

  /** How many of the lists counted so far have each slot: `key * typeCount + type`; they begin anew. */
  takeCounts(counts: SlotCounts): void {
    for (let i: usize = 0; i < this.endedCount; i++) {
      const end = load<u32>(this.ended.at + (i << 2));
      const count = load<u32>(this.at(end), endsOffset);
      store<u32>(this.at(end), 0, endsOffset);
      for (let node = end; node !== 0; node = load<u32>(this.at(node), parentOffset)) {
        counts.add(this.keyOf(node) * typeCount + load<u32>(this.at(node), typeOffset), count);
      }
    }
    this.endedCount = 0;
  }
}
