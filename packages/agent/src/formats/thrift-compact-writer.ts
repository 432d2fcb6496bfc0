/**
 * Thrift's compact protocol, as far as Jaeger's structs need it:
 *
 *     struct   field* 00
 *     field    delta << 4 | type   value        (delta to the field before, 1 to 15: ours are never further apart)
 *     bool     in the field's type: 1 true, 2 false
 *     integer  zigzag, as a varint              double   8 bytes, little endian
 *     text     length as a varint, bytes        list     count << 4 | type, or f << 4 | type and count as a varint
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import { ProtoWriter } from '../export/proto-writer.ts';

const typeTrue = 1;
const typeFalse = 2;
const typeI32 = 5;
const typeI64 = 6;
const typeDouble = 7;
const typeBinary = 8;
const typeList = 9;
const typeStruct = 12;

export class ThriftCompactWriter {
  readonly #writer = new ProtoWriter(1_024);
  /** The field that was written last, of each struct that is open. */
  readonly #lastFields: number[] = [];

  /** As an item of a list, or at the top. */
  beginStruct(): void {
    this.#lastFields.push(0);
  }

  endStruct(): void {
    this.#lastFields.pop();
    this.#byte(0);
  }

  bool(field: number, value: boolean): void {
    this.#field(field, value ? typeTrue : typeFalse);
  }

  i32(field: number, value: number): void {
    this.#field(field, typeI32);
    this.#integer(BigInt(value));
  }

  i64(field: number, value: bigint): void {
    this.#field(field, typeI64);
    this.#integer(value);
  }

  double(field: number, value: number): void {
    this.#field(field, typeDouble);
    this.#writer.reserve(8);
    this.#writer.double(value);
  }

  text(field: number, text: string): void {
    this.#field(field, typeBinary);
    this.#writer.text(text);
  }

  binary(field: number, bytes: Uint8Array): void {
    this.#field(field, typeBinary);
    this.#writer.block(bytes);
  }

  /** Begins a list of structs; `count` of them follow. */
  structs(field: number, count: number): void {
    this.#field(field, typeList);
    this.listHead(count);
  }

  listHead(count: number): void {
    if (count < 15) this.#byte((count << 4) | typeStruct);
    else {
      this.#byte(0xf0 | typeStruct);
      this.#writer.reserve(5);
      this.#writer.varint(count);
    }
  }

  /** What is written so far; the writer begins anew. */
  take(): Uint8Array {
    const bytes = Uint8Array.from(this.#writer.bytes.subarray(0, this.#writer.at));
    this.#writer.at = 0;
    return bytes;
  }

  #field(field: number, type: number): void {
    const top = this.#lastFields.length - 1;
    this.#byte(((field - (this.#lastFields[top] ?? 0)) << 4) | type);
    this.#lastFields[top] = field;
  }

  #byte(value: number): void {
    this.#writer.reserve(1);
    this.#writer.byte(value);
  }

  /** Of 64 bits. */
  #integer(value: bigint): void {
    this.#writer.reserve(10);
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    for (; rest > 0x1f_ffff_ffff_ffffn; rest >>= 7n) this.#writer.byte(Number(rest & 0x7fn) | 0x80);
    this.#writer.varint(Number(rest));
  }
}
