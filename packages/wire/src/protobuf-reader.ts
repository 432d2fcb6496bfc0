/**
 * The wire format of Protocol Buffers, read in place. One reader walks one buffer: `position`
 * moves forward up to `limit`, the end of the message that is being read. 64-bit values arrive in
 * two halves, `low` and `high` (both unsigned), so that no bigint is made where none is needed.
 *
 *   tag    = varint (field number << 3 | wire type)
 *   value  = varint (0) · 8 bytes (1) · varint length, then that many bytes (2) · 4 bytes (5)
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import { DecodeError } from './decode-error.ts';
import type { FieldType } from './otlp-fields.ts';

export const wireVarint = 0;
export const wireFixed64 = 1;
export const wireBytes = 2;
export const wireFixed32 = 5;

const wireTypeNames = ['varint', '8 bytes', 'length-delimited', 'group', 'group', '4 bytes'];

export function wireTypeOf(type: FieldType): number {
  switch (type) {
    case 'string':
    case 'id':
    case 'bytes':
    case 'message':
      return wireBytes;
    case 'fixed64':
    case 'double':
      return wireFixed64;
    case 'fixed32':
      return wireFixed32;
    default:
      return wireVarint;
  }
}

export class ProtobufReader {
  readonly bytes: Uint8Array;
  position = 0;
  limit: number;
  low = 0;
  high = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.limit = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A varint's lower 32 bits, unsigned; all 64 are in `low` and `high`. */
  varint(): number {
    const first = this.bytes[this.position] ?? 0;
    if (first < 0x80 && this.position < this.limit) {
      this.position++;
      this.high = 0;
      this.low = first;
      return first;
    }
    return this.#longVarint();
  }

  #longVarint(): number {
    const start = this.position;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.position >= this.limit) throw this.#cutOff(start, 'a varint');
      const byte = this.bytes[this.position++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift === 63 && bits > 1) break;
      else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return this.low;
      }
    }
    throw new DecodeError(start, '', 'a varint is longer than 64 bits');
  }

  /** Field number and wire type, `number << 3 | type`; 0 at the end of the message. */
  tag(): number {
    if (this.position >= this.limit) return 0;
    const start = this.position;
    const tag = this.varint();
    if (this.high !== 0 || tag >>> 3 === 0) {
      throw new DecodeError(start, '', 'a field number must be between 1 and 2^29-1');
    }
    return tag;
  }

  /** Steps over a length; the bytes are those from `position` to the result. */
  delimited(): number {
    const start = this.position;
    const length = this.varint();
    const end = this.position + length;
    if (this.high !== 0 || end > this.limit) {
      const said = this.high === 0 ? length : `${this.high} * 2^32 + ${length}`;
      throw new DecodeError(start, '', `a length of ${said} bytes, where ${this.limit - this.position} are left`);
    }
    return end;
  }

  fixed32(): number {
    const start = this.position;
    if (start + 4 > this.limit) throw this.#cutOff(start, 'a 4-byte value');
    this.position += 4;
    return this.#view.getUint32(start, true);
  }

  /** Into `low` and `high`. */
  fixed64(): void {
    const start = this.position;
    if (start + 8 > this.limit) throw this.#cutOff(start, 'an 8-byte value');
    this.position += 8;
    this.low = this.#view.getUint32(start, true);
    this.high = this.#view.getUint32(start + 4, true);
  }

  double(): number {
    const start = this.position;
    if (start + 8 > this.limit) throw this.#cutOff(start, 'an 8-byte value');
    this.position += 8;
    return this.#view.getFloat64(start, true);
  }

  /** Steps over a value of a field that nobody asked for. */
  skip(tag: number): void {
    const start = this.position;
    switch (tag & 7) {
      case wireVarint:
        this.varint();
        return;
      case wireFixed64:
        this.fixed64();
        return;
      case wireBytes:
        this.position = this.delimited();
        return;
      case wireFixed32:
        this.fixed32();
        return;
      default:
        throw new DecodeError(start, '', `field ${tag >>> 3} has the wire type ${tag & 7}, which OTLP does not use`);
    }
  }

  /** @throws DecodeError when the tag that was just read has another wire type than its field */
  expect(tag: number, wireType: number): void {
    if ((tag & 7) === wireType) return;
    const found = wireTypeNames[tag & 7] ?? tag & 7;
    throw new DecodeError(this.position - 1, '', `wire type ${found}, where ${wireTypeNames[wireType]} belongs`);
  }

  #cutOff(start: number, what: string): DecodeError {
    return new DecodeError(start, '', `the message ends inside ${what}`);
  }
}
