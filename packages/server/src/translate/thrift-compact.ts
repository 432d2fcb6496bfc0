import { DecodeError, ProtobufReader } from '@sightline/wire';
import {
  boolType,
  byteType,
  checkSize,
  doubleType,
  i16Type,
  i32Type,
  i64Type,
  listType,
  mapType,
  readName,
  setType,
  stopType,
  stringType,
  structType,
  type ThriftProtocol,
  uuidType,
} from './thrift-protocol.ts';

/** By the compact protocol's number. In a field's header 1 is true and 2 is false; the value has no byte of its own there. */
const types = [
  stopType,
  boolType,
  boolType,
  byteType,
  i16Type,
  i32Type,
  i64Type,
  doubleType,
  stringType,
  listType,
  setType,
  mapType,
  structType,
  uuidType,
];

/**
 * Thrift's compact protocol. Its varints, its strings and its doubles are those of Protocol Buffers.
 *
 *   message = 82 · type << 5 | 1 · sequence id (varint) · length (varint) · name
 *   field   = (id - last id) << 4 | type · value
 *           | type · id (zigzag varint) · value                where the ids are not 1 to 15 apart
 *   list    = size << 4 | type · values
 *           | f0 | type · size (varint) · values               from 15 items on
 *   map     = 00 | size (varint) · key type << 4 | value type · pairs
 *   string  = length (varint) · bytes
 *   integer = zigzag varint; a byte is a byte
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftCompact implements ThriftProtocol {
  readonly bytes: Uint8Array;
  fieldId = 0;
  readonly #reader: ProtobufReader;
  /** The value of a field that is a bool, until it is asked for. */
  #boolOfHeader: boolean | undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#reader = new ProtobufReader(bytes);
  }

  get position(): number {
    return this.#reader.position;
  }

  set position(position: number) {
    this.#reader.position = position;
  }

  message(): string {
    this.byte();
    const version = this.byte() & 0x1f;
    if (version !== 1) throw new DecodeError(1, '', `version ${version} of Thrift's compact protocol`);
    this.#reader.varint();
    return readName(this);
  }

  field(lastId: number): number {
    const at = this.position;
    const header = this.#unsignedByte();
    const type = typeOf(header & 15, at);
    if (type === stopType) return type;
    const delta = header >>> 4;
    this.fieldId = delta === 0 ? this.i16() : lastId + delta;
    if (type === boolType) this.#boolOfHeader = (header & 15) === 1;
    return type;
  }

  bool(): boolean {
    const value = this.#boolOfHeader ?? this.byte() === 1;
    this.#boolOfHeader = undefined;
    return value;
  }

  byte(): number {
    return (this.#unsignedByte() << 24) >> 24;
  }

  i16(): number {
    return (this.i32() << 16) >> 16;
  }

  i32(): number {
    const at = this.position;
    const value = this.#reader.varint();
    if (this.#reader.high !== 0) throw new DecodeError(at, '', 'an integer of more than 32 bits');
    return (value >>> 1) ^ -(value & 1);
  }

  i64(): bigint {
    this.#reader.varint();
    const value = (BigInt(this.#reader.high) << 32n) | BigInt(this.#reader.low);
    return (value >> 1n) ^ -(value & 1n);
  }

  double(): number {
    return this.#reader.double();
  }

  delimited(): number {
    return this.#reader.delimited();
  }

  list(): { type: number; size: number } {
    const at = this.position;
    const header = this.#unsignedByte();
    const shortSize = header >>> 4;
    const size = shortSize === 15 ? this.#size() : shortSize;
    return { type: typeOf(header & 15, at), size: checkSize(size, 'a list', at, this.#left()) };
  }

  map(): { keyType: number; valueType: number; size: number } {
    const at = this.position;
    const size = this.#size();
    if (size === 0) return { keyType: stopType, valueType: stopType, size };
    const header = this.#unsignedByte();
    const keyType = typeOf(header >>> 4, at);
    return { keyType, valueType: typeOf(header & 15, at), size: checkSize(size, 'a map', at, this.#left()) };
  }

  /** What does not fit into 32 bits does not fit into the bytes that are left either. */
  #size(): number {
    const size = this.#reader.varint();
    return this.#reader.high === 0 ? size : Number.MAX_SAFE_INTEGER;
  }

  #left(): number {
    return this.bytes.length - this.position;
  }

  #unsignedByte(): number {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new DecodeError(this.position, '', 'the message ends inside a byte');
    this.position++;
    return byte;
  }
}

function typeOf(compactType: number, at: number): number {
  const type = types[compactType];
  if (type === undefined) throw new DecodeError(at, '', `a value of type ${compactType}, which Thrift does not have`);
  return type;
}
