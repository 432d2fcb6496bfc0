/**
 * Attributes as OTLP's KeyValue messages. A key is encoded once per process, together with the tags around it:
 *
 *     4a len   0a len key...   12 len   0a len value...
 *     field    └─── encoded ahead ─┘    AnyValue
 */
import type { AttributeBlock, AttributeList, AttributeValue } from '../tracer/attributes.ts';
import { ProtoWriter } from './proto-writer.ts';

/** Fields of AnyValue, as tags. */
const stringTag = 0x0a;
const boolTag = 0x10;
const intTag = 0x18;
const doubleTag = 0x21;
const arrayTag = 0x2a;
const mapTag = 0x32;
const bytesTag = 0x3a;

const keyTag = 0x0a;
const valueTag = 0x12;
const itemTag = 0x0a; // of ArrayValue and KeyValueList

/** A program that makes keys up as it goes must not fill the memory. */
const maxKnownKeys = 2_000;
const knownKeys = new Map<string, Uint8Array>();

/** @param tag of the field that holds them: it differs between spans, events, links and resources */
export function writeAttributes(writer: ProtoWriter, tag: number, attributes: AttributeList): void {
  for (let i = 0; i < attributes.length; i += 2) {
    const value = attributes[i + 1];
    if (value !== undefined) writeKeyValue(writer, tag, attributes[i] as string, value);
  }
}

/** @param tag always the same: the bytes are made for the first span that has the block */
export function writeBlock(writer: ProtoWriter, tag: number, block: AttributeBlock): void {
  block.encoded ??= encodeBlock(tag, block.list);
  writer.raw(block.encoded);
}

function encodeBlock(tag: number, list: AttributeList): Uint8Array {
  const writer = new ProtoWriter(512);
  writeAttributes(writer, tag, list);
  return Uint8Array.from(writer.bytes.subarray(0, writer.at));
}

function writeKeyValue(writer: ProtoWriter, tag: number, key: string, value: AttributeValue): void {
  const encodedKey = knownKeys.get(key) ?? encodeKey(key);
  if (typeof value === 'string') {
    if (writeShortText(writer, tag, encodedKey, value)) return;
  } else if (typeof value === 'number' && writeSmallInteger(writer, tag, encodedKey, value)) return;
  const mark = writer.open(tag, 1);
  writer.raw(encodedKey);
  writeAnyValue(writer, valueTag, value);
  writer.close(mark, 1);
}

/** So that every length around it fits into one byte. */
const shortBytes = 120;

/**
 * Nearly every attribute is a short ASCII text. Written at one go, without a call per part, a span with
 * eleven attributes takes 0.85 µs rather than 1.1 (Node 24; 1.4 rather than 2.1 on Node 20).
 * @returns false, with nothing written, where the text is something else
 */
function writeShortText(writer: ProtoWriter, tag: number, encodedKey: Uint8Array, text: string): boolean {
  const keyBytes = encodedKey.length;
  const textBytes = text.length;
  if (keyBytes + textBytes > shortBytes) return false;
  writer.reserve(shortBytes + 6);
  const { bytes } = writer;
  let at = writer.at;
  bytes[at] = tag;
  bytes[at + 1] = keyBytes + textBytes + 4;
  bytes.set(encodedKey, at + 2);
  at += keyBytes + 2;
  bytes[at++] = valueTag;
  bytes[at++] = textBytes + 2;
  bytes[at++] = stringTag;
  bytes[at++] = textBytes;
  for (let i = 0; i < textBytes; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    bytes[at++] = code;
  }
  writer.at = at;
  return true;
}

/**
 * A status, a port, a count: two bytes of varint at most.
 * @returns false, with nothing written, where the number is something else
 */
function writeSmallInteger(writer: ProtoWriter, tag: number, encodedKey: Uint8Array, value: number): boolean {
  const keyBytes = encodedKey.length;
  if (value !== (value & 0x3fff) || keyBytes > shortBytes) return false;
  writer.reserve(shortBytes + 8);
  const { bytes } = writer;
  let at = writer.at;
  bytes[at] = tag;
  const width = value < 0x80 ? 1 : 2;
  bytes[at + 1] = keyBytes + width + 3;
  bytes.set(encodedKey, at + 2);
  at += keyBytes + 2;
  bytes[at++] = valueTag;
  bytes[at++] = width + 1;
  bytes[at++] = intTag;
  if (width === 1) bytes[at++] = value;
  else {
    bytes[at++] = (value & 0x7f) | 0x80;
    bytes[at++] = value >>> 7;
  }
  writer.at = at;
  return true;
}

/** The key with its tag and length. */
function encodeKey(key: string): Uint8Array {
  const writer = new ProtoWriter(16);
  writer.reserve(1);
  writer.byte(keyTag);
  writer.text(key);
  const encoded = Uint8Array.from(writer.bytes.subarray(0, writer.at));
  if (knownKeys.size < maxKnownKeys) knownKeys.set(key, encoded);
  return encoded;
}

function writeAnyValue(writer: ProtoWriter, tag: number, value: AttributeValue): void {
  const mark = writer.open(tag, 1);
  writer.reserve(16);
  switch (typeof value) {
    case 'string':
      writer.byte(stringTag);
      writer.text(value);
      break;
    case 'number':
      writeNumber(writer, value);
      break;
    case 'boolean':
      writer.byte(boolTag);
      writer.byte(value ? 1 : 0);
      break;
    default:
      writeObject(writer, value);
  }
  writer.close(mark, 1);
}

function writeNumber(writer: ProtoWriter, value: number): void {
  if (Number.isSafeInteger(value)) {
    writer.byte(intTag);
    writer.int64(value);
  } else {
    writer.byte(doubleTag);
    writer.double(value);
  }
}

/** Null is the empty AnyValue: no field at all. */
function writeObject(writer: ProtoWriter, value: Exclude<AttributeValue, string | number | boolean>): void {
  if (value === null) return;
  if (value instanceof Uint8Array) {
    writer.byte(bytesTag);
    writer.block(value);
  } else if (isArray(value)) {
    const mark = writer.open(arrayTag, 1);
    for (let i = 0; i < value.length; i++) writeAnyValue(writer, itemTag, value[i] as AttributeValue);
    writer.close(mark, 1);
  } else {
    const mark = writer.open(mapTag, 1);
    const keys = Object.keys(value);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      writeKeyValue(writer, itemTag, key, value[key] as AttributeValue);
    }
    writer.close(mark, 1);
  }
}

/** `Array.isArray` does not narrow a readonly array. */
function isArray(value: object): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
