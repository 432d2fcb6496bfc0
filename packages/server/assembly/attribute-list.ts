/**
 * The attributes of one span or resource, as places in the input.
 *
 *   entry = key │ its size │ type │ value │ its end │ node      six u32
 *
 * The node is that of `AttributeShapes`; who finds it writes it there.
 */
import { isSame } from './bytes';
import { beginReading, delimited, Reader, skip } from './reader';
import { Table } from './table';

export const entrySize: usize = 24;
export const keySizeAt: usize = 4;
export const typeAt: usize = 8;
export const valueAt: usize = 12;
export const endAt: usize = 16;
export const nodeAt: usize = 20;

/** The types, as `attributeTypes` of `src/encode/attribute-types.ts` has them. */
export const typeCount: u32 = 5;
export const stringType: u32 = 0;
export const intType: u32 = 1;
export const doubleType: u32 = 2;
export const boolType: u32 = 3;
const otherType: u32 = 4;

export class AttributeList {
  private readonly entries: Table = new Table(64 * entrySize);
  private size: usize = 0;

  clearMemory(): void {
    this.entries.clear();
    this.size = 0;
  }

  clear(): void {
    this.size = 0;
  }

  get begin(): usize {
    return this.entries.at;
  }

  get end(): usize {
    return this.entries.at + this.size;
  }

  /** Notes the KeyValue whose length the reader stands at, and steps over it. */
  take(): void {
    this.entries.reserve(this.size + entrySize);
    const entry = this.end;
    this.size += entrySize;
    if (!takeShort(entry)) takeAny(entry);
  }

  /** The string attribute `key`: its entry; 0 when there is none. */
  find(key: usize, size: usize): usize {
    for (let entry = this.end; entry > this.begin; ) {
      entry -= entrySize;
      if (load<u32>(entry, typeAt) !== stringType || load<u32>(entry, keySizeAt) !== size) continue;
      if (isSame(load<u32>(entry), key, size)) return entry;
    }
    return 0;
  }

  /** Leaves out those whose node is 0, in place. */
  compact(): void {
    let to = this.begin;
    for (let entry = this.begin; entry < this.end; entry += entrySize) {
      if (load<u32>(entry, nodeAt) === 0) continue;
      memory.copy(to, entry, entrySize);
      to += entrySize;
    }
    this.size = to - this.begin;
  }
}

/**
 * The form in which every exporter writes a short attribute (`short-attribute.ts` of `@sightline/wire` draws it): its key, then its
 * value, each once, all lengths of one byte. Once its end is known to be within the message, so is all in it.
 *
 * @returns whether it is of this form
 */
function takeShort(entry: usize): bool {
  const at = Reader.position;
  const length = load<u8>(at) as usize;
  const end = at + 1 + length;
  if (length >= 0x80 || end > Reader.limit || load<u8>(at, 1) !== 0x0a) return false;
  const keySize = load<u8>(at, 2) as usize;
  const keyEnd = at + 3 + keySize;
  // Behind it at least: a tag, a length, the value's tag, and one byte.
  if (keyEnd + 4 > end || load<u8>(keyEnd) !== 0x12 || keyEnd + 2 + (load<u8>(keyEnd, 1) as usize) !== end)
    return false;
  const type = shortType(keyEnd + 2, end);
  if (type === otherType) return false;
  store<u32>(entry, (at + 3) as u32);
  store<u32>(entry, keySize as u32, keySizeAt);
  store<u32>(entry, type, typeAt);
  store<u32>(entry, (type === stringType ? keyEnd + 4 : keyEnd + 3) as u32, valueAt);
  store<u32>(entry, end as u32, endAt);
  Reader.position = end;
  return true;
}

/** The type of the value from `start` to `end`; other where it is not of this form. */
function shortType(start: usize, end: usize): u32 {
  switch (load<u8>(start) as u32) {
    case 0x0a:
      return start + 2 + (load<u8>(start, 1) as usize) === end ? stringType : otherType;
    case 0x10:
      return isVarint(start + 1, end) ? boolType : otherType;
    case 0x18:
      return isVarint(start + 1, end) ? intType : otherType;
    case 0x21:
      return start + 9 === end ? doubleType : otherType;
    default:
      return otherType;
  }
}

/** One of at most nine bytes, and nothing after it. */
function isVarint(start: usize, end: usize): bool {
  let at = start;
  while (at < end && load<u8>(at) >= 0x80) at++;
  return at + 1 === end && end - start < 10;
}

function takeAny(entry: usize): void {
  const limit = Reader.limit;
  const end = delimited();
  Reader.limit = end;
  memory.fill(entry, 0, entrySize);
  store<u32>(entry, otherType, typeAt);
  for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
    if (tag === 0x0a) {
      const keyEnd = delimited();
      store<u32>(entry, Reader.position as u32);
      store<u32>(entry, (keyEnd - Reader.position) as u32, keySizeAt);
      Reader.position = keyEnd;
    } else if (tag === 0x12) takeValue(entry);
    else skip(tag);
  }
  Reader.limit = limit;
}

/** Notes the AnyValue's type and where its content stands; for `other`, the AnyValue as a whole. */
function takeValue(entry: usize): void {
  const limit = Reader.limit;
  const end = delimited();
  const start = Reader.position;
  let type = otherType;
  let value = start;
  let valueEnd = end;
  Reader.limit = end;
  for (let tag = Reader.tag(); tag !== 0; tag = Reader.tag()) {
    const known = typeOfTag(tag);
    if (known !== none) {
      type = known;
      value = Reader.position;
    }
    skip(tag);
    if (known === none) continue;
    valueEnd = Reader.position;
    if (type !== stringType) continue;
    beginReading(value, end);
    valueEnd = delimited();
    value = Reader.position;
    Reader.position = valueEnd;
  }
  store<u32>(entry, type, typeAt);
  store<u32>(entry, (type === otherType ? start : value) as u32, valueAt);
  store<u32>(entry, (type === otherType ? end : valueEnd) as u32, endAt);
  Reader.limit = limit;
}

const none: u32 = 5;

/** By an AnyValue's field number and wire type; `none` for a field that it does not have. */
function typeOfTag(tag: u32): u32 {
  switch (tag) {
    case 0x0a:
      return stringType;
    case 0x10:
      return boolType;
    case 0x18:
      return intType;
    case 0x21:
      return doubleType;
    case 0x2a:
    case 0x32:
    case 0x3a:
      return otherType;
    default:
      return none;
  }
}
