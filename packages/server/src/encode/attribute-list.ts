/**
 * The attributes of one span or resource, as offsets into the input.
 *
 *   entry = [ keyStart, keyEnd, type, valueStart, valueEnd, node ]   in one Int32Array
 *
 * The node is that of `AttributeShapes`; who finds it writes it there.
 */
import { type ProtobufReader, shortAttributeEnd, shortAttributeKeyEnd } from '@sightline/wire';
import { grown } from './grown.ts';

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

  #takeShort(reader: ProtobufReader, at: number): boolean {
    const { bytes, position, limit } = reader;
    const end = shortAttributeEnd(bytes, position, limit);
    if (end < 0) return false;
    const keyEnd = shortAttributeKeyEnd(bytes, position);
    const entries = this.#entries;
    const type = typeOfTag(bytes[keyEnd + 2] as number);
    entries[at] = position + 3;
    entries[at + 1] = keyEnd;
    entries[at + 2] = type;
    entries[at + 3] = type === stringType ? keyEnd + 4 : keyEnd + 3;
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
      if (typeOfTag(tag) !== otherType || tag === 0x2a || tag === 0x32 || tag === 0x3a) type = typeOfTag(tag);
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
    this.#entries = grown(this.#entries);
  }
}

/** By an AnyValue's field number and wire type. */
function typeOfTag(tag: number): number {
  switch (tag) {
    case 0x0a:
      return stringType;
    case 0x10:
      return boolType;
    case 0x18:
      return intType;
    case 0x21:
      return doubleType;
    default:
      return otherType;
  }
}

function isSame(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) {
    if (bytes[start + i] !== other[i]) return false;
  }
  return true;
}
