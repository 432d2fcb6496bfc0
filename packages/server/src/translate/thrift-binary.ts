import { DecodeError } from '@sightline/wire';
import { checkSize, readName, stopType, type ThriftProtocol } from './thrift-protocol.ts';

/**
 * Thrift's binary protocol: fixed sizes, big-endian.
 *
 *   message = 80 01 00 type · length (4) · name · sequence id (4)    strict
 *           | length (4) · name · type (1) · sequence id (4)         as it was before there was a version
 *   field   = type (1) · id (2) · value
 *   list    = type (1) · size (4) · values
 *   map     = key type (1) · value type (1) · size (4) · pairs
 *   string  = length (4) · bytes
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md
 */
export class ThriftBinary implements ThriftProtocol {
  readonly bytes: Uint8Array;
  position = 0;
  fieldId = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  message(): string {
    const isStrict = (this.bytes[0] ?? 0) >= 0x80;
    if (isStrict) this.#version();
    const name = readName(this);
    if (!isStrict) this.byte();
    this.i32();
    return name;
  }

  #version(): void {
    const version = this.i32() >>> 16;
    if (version !== 0x8001) throw new DecodeError(0, '', `version ${version & 0x7fff} of Thrift's binary protocol`);
  }

  field(): number {
    const type = this.byte();
    if (type !== stopType) this.fieldId = this.i16();
    return type;
  }

  bool(): boolean {
    return this.byte() !== 0;
  }

  byte(): number {
    return this.#view.getInt8(this.#take(1, 'a byte'));
  }

  i16(): number {
    return this.#view.getInt16(this.#take(2, 'an i16'));
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4, 'an i32'));
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8, 'an i64'));
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8, 'a double'));
  }

  delimited(): number {
    const at = this.position;
    const length = this.i32();
    const left = this.#left();
    if (length >= 0 && length <= left) return this.position + length;
    throw new DecodeError(at, '', `a length of ${length} bytes, where ${left} are left`);
  }

  list(): { type: number; size: number } {
    const at = this.position;
    const type = this.byte();
    return { type, size: checkSize(this.i32(), 'a list', at, this.#left()) };
  }

  map(): { keyType: number; valueType: number; size: number } {
    const at = this.position;
    const keyType = this.byte();
    const valueType = this.byte();
    return { keyType, valueType, size: checkSize(this.i32(), 'a map', at, this.#left()) };
  }

  #left(): number {
    return this.bytes.length - this.position;
  }

  /** @returns where the value begins; `position` is behind it */
  #take(size: number, what: string): number {
    const start = this.position;
    if (start + size > this.bytes.length) throw new DecodeError(start, '', `the message ends inside ${what}`);
    this.position += size;
    return start;
  }
}
