/**
 * The attributes of one span or resource, as offsets into the input.
 *
 *   entry = [ keyStart, keyEnd, type, valueStart, valueEnd, node ]   in one Int32Array
 *
 * The node is that of `AttributeShapes`; who finds it writes it there.
 */
import type { ProtobufReader } from '@sightline/wire';

export const entrySize = 6;
/** By number, as `entries` hold them; also what `attribute_keys` calls them. */
export const attributeTypes: readonly string[] = ['string', 'int', 'double', 'bool', 'other'];
export const stringType = 0;
export const intType = 1;
export const doubleType = 2;
export const boolType = 3;
const otherType = 4;

export class AttributeList {
  #entries: Int32Array = new Int32Array(64 * entrySize);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  get entries(): Int32Array {
    return this.#entries;
  }

  /** How much of `entries` is in use. */
  get end(): number {
    return this.#count * entrySize;
  }

  /** Notes the KeyValue whose length the reader stands at, and steps over it. */
  take(reader: ProtobufReader): void {
    if ((this.#count + 1) * entrySize > this.#entries.length) this.#grow();
    const at = this.#count++ * entrySize;
    if (!this.#takeShort(reader, at)) this.#takeAny(reader, at);
  }

  /**
   * What every exporter writes for a short attribute: its key, then its value, each once, all lengths of one byte. Anything
   * else is left to the general way; what is noted here is the same.
   */
  #takeShort(reader: ProtobufReader, at: number): boolean {
    const { bytes, position, limit } = reader;
    const end = position + 1 + (bytes[position] as number);
    const keyStart = position + 3;
    const keyEnd = keyStart + (bytes[position + 2] as number);
    const valueStart = keyEnd + 3;
    if (end > limit || valueStart >= end || (bytes[position] as number) >= 0x80 || bytes[position + 1] !== 0x0a)
      return false;
    if (bytes[keyEnd] !== 0x12 || keyEnd + 2 + (bytes[keyEnd + 1] as number) !== end) return false;
    const type = shortType(bytes, keyEnd + 2, end);
    if (type === otherType) return false;
    const entries = this.#entries;
    entries[at] = keyStart;
    entries[at + 1] = keyEnd;
    entries[at + 2] = type;
    entries[at + 3] = type === stringType ? valueStart + 1 : valueStart;
    entries[at + 4] = end;
    reader.position = end;
    return true;
  }

  #takeAny(reader: ProtobufReader, at: number): void {
    const entries = this.#entries;
    const { limit } = reader;
    const end = reader.delimited();
    reader.limit = end;
    entries[at] = entries[at + 1] = entries[at + 3] = entries[at + 4] = 0;
    entries[at + 2] = otherType;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      if (tag === 0x0a) {
        const keyEnd = reader.delimited();
        entries[at] = reader.position;
        entries[at + 1] = keyEnd;
        reader.position = keyEnd;
      } else if (tag === 0x12) this.#takeValue(reader, at);
      else reader.skip(tag);
    }
    reader.limit = limit;
  }

  /** Notes the AnyValue's type and where its content stands; for `other`, the AnyValue as a whole. */
  #takeValue(reader: ProtobufReader, at: number): void {
    const { limit } = reader;
    const end = reader.delimited();
    const start = reader.position;
    const entries = this.#entries;
    let type = otherType;
    let valueStart = start;
    let valueEnd = end;
    reader.limit = end;
    for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
      valueStart = reader.position;
      valueEnd = end;
      if (tag === 0x0a) {
        type = stringType;
        valueEnd = reader.delimited();
        valueStart = reader.position;
        reader.position = valueEnd;
        continue;
      }
      if (tag === 0x18) type = intType;
      else if (tag === 0x21) type = doubleType;
      else if (tag === 0x10) type = boolType;
      else if (tag === 0x2a || tag === 0x32 || tag === 0x3a) type = otherType;
      reader.skip(tag);
    }
    entries[at + 2] = type;
    entries[at + 3] = type === otherType ? start : valueStart;
    entries[at + 4] = type === otherType ? end : valueEnd;
    reader.limit = limit;
  }

  /** Where in `entries` the string attribute `key` stands; below 0 when there is none. */
  stringEntry(bytes: Uint8Array, key: Uint8Array): number {
    const entries = this.#entries;
    for (let at = this.end - entrySize; at >= 0; at -= entrySize) {
      if (entries[at + 2] === stringType && isSame(bytes, entries[at] ?? 0, entries[at + 1] ?? 0, key)) return at;
    }
    return -1;
  }

  /** Leaves out some, in place. */
  keep(isKept: (at: number) => boolean): void {
    let to = 0;
    for (let at = 0; at < this.end; at += entrySize) {
      if (!isKept(at)) continue;
      this.#entries.copyWithin(to, at, at + entrySize);
      to += entrySize;
    }
    this.#count = to / entrySize;
  }

  #grow(): void {
    const grown = new Int32Array(this.#entries.length * 2);
    grown.set(this.#entries);
    this.#entries = grown;
  }
}

/** Of the AnyValue from `start` to `end`, which is not empty; `otherType` also where it is not a single field that we know. */
function shortType(bytes: Uint8Array, start: number, end: number): number {
  switch (bytes[start]) {
    case 0x0a:
      return start + 2 + (bytes[start + 1] as number) === end ? stringType : otherType;
    case 0x18:
      return isVarint(bytes, start + 1, end) ? intType : otherType;
    case 0x21:
      return start + 9 === end ? doubleType : otherType;
    case 0x10:
      return isVarint(bytes, start + 1, end) ? boolType : otherType;
    default:
      return otherType;
  }
}

/** One, and nothing after it. */
function isVarint(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && (bytes[at] as number) >= 0x80) at++;
  return at + 1 === end;
}

function isSame(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) {
    if (bytes[start + i] !== other[i]) return false;
  }
  return true;
}
