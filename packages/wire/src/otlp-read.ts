import { base64Of, hexOf, utf8Of } from './binary-text.ts';
import { DecodeError } from './decode-error.ts';
import type { TracesData } from './otlp.ts';
import { checkProtobuf, checkTraces } from './otlp-check.ts';
import { type Field, isDefault, type Message, tracesData } from './otlp-fields.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/**
 * OTLP protobuf as OTLP JSON objects. Fields in pieces are merged; text that is not UTF-8 gets U+FFFD.
 * @throws DecodeError
 */
export function readTraces(bytes: Uint8Array): TracesData {
  checkTraces(bytes);
  return readMessage(new ProtobufReader(bytes), tracesData, emptyOf(tracesData)) as unknown as TracesData;
}

/** A message takes two bytes, and as an object hundreds: only bytes that are made to cost memory hold more. */
const maxMessages = 250_000;

/**
 * Another format's protobuf by its own tables, as objects of the same kind: ids in hex, bytes in base64, integers of
 * 64 bits as decimal strings. Fields with their default value are absent.
 * @throws DecodeError with byte offset and field path
 */
export function readProtobuf(bytes: Uint8Array, message: Message): object {
  const { messageCount } = checkProtobuf(bytes, message);
  if (messageCount > maxMessages)
    throw new DecodeError(0, '', `more than ${maxMessages} messages: send fewer spans at once`);
  return readMessage(new ProtobufReader(bytes), message, emptyOf(message));
}

type JsonObject = Record<string, unknown>;

/** What a message is before anything was read: the fields that its JSON form always has. */
export function emptyOf(message: Message): JsonObject {
  const object: JsonObject = {};
  for (const field of message.required) object[field.name] = defaultOf(field);
  return object;
}

function defaultOf(field: Field): unknown {
  if (field.isRepeated) return [];
  if (field.message) return emptyOf(field.message);
  return field.type === 'fixed64' ? '0' : '';
}

function readMessage(reader: ProtobufReader, message: Message, object: JsonObject): JsonObject {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    const field = message.fields[tag >>> 3];
    if (field) setField(message, object, field, readValue(reader, field, object[field.name]));
    else reader.skip(tag);
  }
  return object;
}

/** Into a list, in place of the other members of a `oneof`, or in place of what was there. A default value is the same as none. */
export function setField(message: Message, object: JsonObject, field: Field, value: unknown): void {
  if (field.isRepeated) {
    const items = object[field.name];
    if (Array.isArray(items)) items.push(value);
    else object[field.name] = [value];
    return;
  }
  if (field.isOneOf) clearOneOf(message, object);
  if (field.isOneOf || field.isRequired || !isDefault(field, value)) object[field.name] = value;
  else if (object[field.name] !== undefined) delete object[field.name];
}

function clearOneOf(message: Message, object: JsonObject): void {
  for (const field of message.fields) {
    if (field?.isOneOf && object[field.name] !== undefined) delete object[field.name];
  }
}

function readValue(reader: ProtobufReader, field: Field, earlier: unknown): unknown {
  switch (field.type) {
    case 'message':
      return field.message && readNested(reader, field, field.message, earlier);
    case 'string':
      return readBytes(reader, utf8Of);
    case 'id':
      return readBytes(reader, (bytes, start, end) => hexOf(bytes.subarray(start, end)));
    case 'bytes':
      return readBytes(reader, (bytes, start, end) => base64Of(bytes.subarray(start, end)));
    case 'bool':
      reader.varint();
      return reader.low !== 0 || reader.high !== 0;
    case 'uint32':
      return reader.varint();
    case 'enum':
    case 'int32':
      return reader.varint() | 0;
    case 'int64':
      reader.varint();
      return String(BigInt.asIntN(64, join64(reader)));
    case 'uint64':
      reader.varint();
      return String(join64(reader));
    case 'fixed32':
      return reader.fixed32();
    case 'fixed64':
      reader.fixed64();
      return String(join64(reader));
    case 'double': {
      const value = reader.double();
      return Number.isFinite(value) ? value : String(value);
    }
  }
}

function readNested(reader: ProtobufReader, field: Field, message: Message, earlier: unknown): JsonObject {
  const { limit } = reader;
  reader.limit = reader.delimited();
  const into = field.isRepeated || earlier === undefined ? emptyOf(message) : (earlier as JsonObject);
  const object = readMessage(reader, message, into);
  reader.limit = limit;
  return object;
}

function readBytes(reader: ProtobufReader, convert: (bytes: Uint8Array, start: number, end: number) => string): string {
  const end = reader.delimited();
  const text = convert(reader.bytes, reader.position, end);
  reader.position = end;
  return text;
}

function join64(reader: ProtobufReader): bigint {
  return (BigInt(reader.high) << 32n) | BigInt(reader.low);
}
