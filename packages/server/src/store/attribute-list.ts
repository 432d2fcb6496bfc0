/**
 * The attributes of one span or resource, as offsets into the input. They are sorted
 * into five maps by type while they are written, so each is noted once and looked at five times.
 *
 *   entry = [ keyStart, keyEnd, type, valueStart, valueEnd ]   in one Int32Array
 *
 * Of several attributes with the same key, which OTLP forbids, the last one counts.
 */
import type { ProtobufReader } from '@sightline/wire';
import { anyValueJson } from './any-value-json.ts';
import type { RowWriter } from './row-writer.ts';

const entrySize = 5;
const noType = -1;
const stringType = 0;
const intType = 1;
const doubleType = 2;
const boolType = 3;
const otherType = 4;

const comma = 44;
const colon = 58;
const openBrace = 123;
const closeBrace = 125;
const tab = 9;

export class AttributeList {
  #entries = new Int32Array(64 * entrySize);
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  /** Notes the KeyValue whose length the reader stands at, and steps over it. */
  take(reader: ProtobufReader): void {
    if ((this.#count + 1) * entrySize > this.#entries.length) this.#grow();
    const at = this.#count++ * entrySize;
    const entries = this.#entries;
    const { limit } = reader;
    const end = reader.delimited();
    reader.limit = end;
    entries.fill(0, at, at + entrySize);
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

  /** The five map columns, each with a tab behind it. */
  write(reader: ProtobufReader, out: RowWriter): void {
    this.#dropRepeatedKeys(reader.bytes);
    const { position, limit } = reader;
    for (let type = stringType; type <= otherType; type++) this.#writeMap(reader, out, type);
    reader.position = position;
    reader.limit = limit;
  }

  #writeMap(reader: ProtobufReader, out: RowWriter, type: number): void {
    const entries = this.#entries;
    let isFirst = true;
    out.byte(openBrace);
    for (let at = 0; at < this.#count * entrySize; at += entrySize) {
      if (entries[at + 2] !== type) continue;
      if (!isFirst) out.byte(comma);
      isFirst = false;
      out.quoted(reader.bytes, entries[at] as number, entries[at + 1] as number);
      out.byte(colon);
      reader.position = entries[at + 3] as number;
      reader.limit = entries[at + 4] as number;
      writeValue(reader, out, type);
    }
    out.byte(closeBrace);
    out.byte(tab);
  }

  /** The text of the string attribute `key`; nothing when there is none. */
  writeString(reader: ProtobufReader, key: string, out: RowWriter): void {
    const entries = this.#entries;
    for (let at = (this.#count - 1) * entrySize; at >= 0; at -= entrySize) {
      if (entries[at + 2] !== stringType) continue;
      if (!isKey(reader.bytes, entries[at] as number, entries[at + 1] as number, key)) continue;
      out.text(reader.bytes, entries[at + 3] as number, entries[at + 4] as number);
      return;
    }
  }

  #dropRepeatedKeys(bytes: Uint8Array): void {
    if (this.#count > 64) {
      this.#dropRepeatedKeysOfMany(bytes);
      return;
    }
    const entries = this.#entries;
    for (let at = entrySize; at < this.#count * entrySize; at += entrySize) {
      for (let earlier = 0; earlier < at; earlier += entrySize) {
        if (this.#isSameKey(bytes, at, earlier)) entries[earlier + 2] = noType;
      }
    }
  }

  /** Comparing each with each would take a hostile span of 100,000 attributes minutes. */
  #dropRepeatedKeysOfMany(bytes: Uint8Array): void {
    const seen = new Set<string>();
    for (let at = (this.#count - 1) * entrySize; at >= 0; at -= entrySize) {
      const key = Buffer.from(bytes.subarray(this.#entries[at], this.#entries[at + 1])).toString('latin1');
      if (seen.has(key)) this.#entries[at + 2] = noType;
      seen.add(key);
    }
  }

  #isSameKey(bytes: Uint8Array, one: number, other: number): boolean {
    const entries = this.#entries;
    const start = entries[one] as number;
    const length = (entries[one + 1] as number) - start;
    const otherStart = entries[other] as number;
    if (length !== (entries[other + 1] as number) - otherStart) return false;
    // From the end: keys such as `http.request.method` and `http.request.header` begin alike.
    for (let i = length - 1; i >= 0; i--) {
      if (bytes[start + i] !== bytes[otherStart + i]) return false;
    }
    return true;
  }

  #grow(): void {
    const grown = new Int32Array(this.#entries.length * 2);
    grown.set(this.#entries);
    this.#entries = grown;
  }
}

/** The reader stands at the value, with `limit` behind it. */
function writeValue(reader: ProtobufReader, out: RowWriter, type: number): void {
  switch (type) {
    case stringType:
      out.quoted(reader.bytes, reader.position, reader.limit);
      return;
    case intType:
      reader.varint();
      out.signed64(reader.high, reader.low);
      return;
    case doubleType:
      out.double(reader.double());
      return;
    case boolType:
      out.ascii(reader.varint() === 0 && reader.high === 0 ? 'false' : 'true');
      return;
    default: {
      const json = Buffer.from(anyValueJson(reader));
      out.quoted(json, 0, json.length);
    }
  }
}

function isKey(bytes: Uint8Array, start: number, end: number, key: string): boolean {
  if (end - start !== key.length) return false;
  for (let i = 0; i < key.length; i++) {
    if (bytes[start + i] !== key.charCodeAt(i)) return false;
  }
  return true;
}
