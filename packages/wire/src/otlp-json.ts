/**
 * OTLP's JSON encoding, read by the same tables as its protobuf: protobuf's JSON mapping, except that ids are hex
 * and enums are numbers. More is accepted than OTLP asks of a sender: snake_case names, enum
 * names, integers as numbers or strings, base64 of either alphabet, null for "not set". Unknown members are
 * ignored.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import { bytesOfBase64, bytesOfHex } from './binary-text.ts';
import { DecodeError } from './decode-error.ts';
import { JsonReader } from './json-reader.ts';
import type { TracesData } from './otlp.ts';
import { type Field, type Message, maxDepth, tracesData } from './otlp-fields.ts';
import { emptyOf, setField } from './otlp-read.ts';

/** @throws DecodeError with byte offset and field path */
export function readTracesJson(bytes: Uint8Array): TracesData {
  const reader = new JsonReader(bytes);
  const path: string[] = [];
  try {
    const traces = readMessage(reader, tracesData, path);
    reader.end();
    return traces as unknown as TracesData;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.byteOffset, path.join('.'), error.problem);
  }
}

type JsonObject = Record<string, unknown>;

/** `path` holds the names down to what is being read; it is cut back only when that went well. */
function readMessage(reader: JsonReader, message: Message, path: string[]): JsonObject {
  if (path.length > maxDepth) throw reader.error(`values are nested more than ${maxDepth} deep`);
  if (reader.peek() !== 'object') throw reader.error(`${kindName(reader)}, where an object belongs`);
  const object = emptyOf(message);
  reader.object((name) => {
    const field = message.byName.get(name);
    if (!field) {
      reader.skip(maxDepth);
      return;
    }
    path.push(field.name);
    if (reader.peek() === 'null') reader.word('null');
    else if (field.isRepeated) readItems(reader, message, object, field, path);
    else setField(message, object, field, readValue(reader, field, path));
    path.pop();
  });
  return object;
}

function readItems(reader: JsonReader, message: Message, object: JsonObject, field: Field, path: string[]): void {
  if (reader.peek() !== 'array') throw reader.error(`${kindName(reader)}, where an array belongs`);
  let index = 0;
  reader.array(() => {
    path[path.length - 1] = `${field.name}[${index++}]`;
    setField(message, object, field, readValue(reader, field, path));
  });
}

function readValue(reader: JsonReader, field: Field, path: string[]): unknown {
  if (field.message) return readMessage(reader, field.message, path);
  const kind = reader.peek();
  const at = reader.position;
  const fail = (wanted: string): DecodeError =>
    new DecodeError(at, '', `${valueText(kind, text)}, where ${wanted} belongs`);
  let text = '';
  if (kind === 'string') text = reader.string();
  else if (kind === 'number') text = reader.number();
  else if (field.type === 'bool' && (kind === 'true' || kind === 'false')) {
    reader.word(kind);
    return kind === 'true';
  } else throw fail(wantedOf[field.type]);
  const value = convert(field, kind, text);
  if (value === undefined) throw fail(wantedOf[field.type]);
  return value;
}

const wantedOf: Record<Field['type'], string> = {
  string: 'a string',
  id: 'a string of hex digits',
  bytes: 'a base64 string',
  bool: 'true or false',
  uint32: 'an integer from 0 to 4294967295',
  fixed32: 'an integer from 0 to 4294967295',
  int32: 'an integer of 32 bits',
  enum: 'a number or a known name',
  int64: 'an integer of 64 bits',
  uint64: 'an unsigned integer of 64 bits',
  fixed64: 'an unsigned integer of 64 bits',
  double: 'a number',
  message: 'an object',
};

/** @returns undefined when the text does not fit the field */
function convert(field: Field, kind: 'string' | 'number', text: string): unknown {
  switch (field.type) {
    case 'string':
      return kind === 'string' ? text : undefined;
    case 'id':
      return kind === 'string' && bytesOfHex(text) ? text.toLowerCase() : undefined;
    case 'bytes':
      return kind === 'string' && bytesOfBase64(text) ? text : undefined;
    case 'uint32':
    case 'fixed32':
      return smallInteger(text, 0n, 0xffff_ffffn);
    case 'enum': {
      const named = kind === 'string' ? (field.enum?.values ?? []).indexOf(text) : -1;
      return named >= 0 ? named : smallInteger(text, -0x8000_0000n, 0x7fff_ffffn);
    }
    case 'int32':
      return smallInteger(text, -0x8000_0000n, 0x7fff_ffffn);
    case 'int64':
      return integer(text, -(2n ** 63n), 2n ** 63n - 1n)?.toString();
    case 'uint64':
    case 'fixed64':
      return integer(text, 0n, 2n ** 64n - 1n)?.toString();
    case 'double':
      return double(text);
    default:
      return undefined;
  }
}

function smallInteger(text: string, min: bigint, max: bigint): number | undefined {
  const value = integer(text, min, max);
  return value === undefined ? undefined : Number(value);
}

/** `1.0` and `1e3` are integers too, says protobuf. */
function integer(text: string, min: bigint, max: bigint): bigint | undefined {
  let value: bigint;
  if (/^-?\d+$/.test(text)) value = BigInt(text);
  else if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && Number.isSafeInteger(Number(text)))
    value = BigInt(Number(text));
  else return undefined;
  return value >= min && value <= max ? value : undefined;
}

function double(text: string): number | string | undefined {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') return text;
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function kindName(reader: JsonReader): string {
  const kind = reader.peek();
  return kind === 'object' || kind === 'array'
    ? `an ${kind}`
    : kind === 'string' || kind === 'number'
      ? `a ${kind}`
      : kind;
}

function valueText(kind: string, text: string): string {
  if (kind === 'string') return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return text === '' ? kind : text.slice(0, 40);
}
