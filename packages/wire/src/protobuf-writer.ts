/**
 * Writes Protocol Buffers from the end to the beginning: a message's length is known when its
 * content is already there, so nothing is measured twice or moved. Callers write a message's last
 * field first, and a field's value before its tag.
 */
import { utf8SizeOf, writeUtf8 } from './binary-text.ts';

export class ProtobufWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #start = 1024;

  /** Bytes written so far. */
  get length(): number {
    return this.#bytes.length - this.#start;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(this.#start);
  }

  tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }

  /** An unsigned integer below 2^53. */
  varint(value: number): void {
    let size = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
    let at = this.#reserve(size);
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes[at++] = (rest % 128) | 128;
    this.#bytes[at] = rest;
  }

  /** The lower 64 bits of `value`. */
  varint64(value: bigint): void {
    if (value >= 0n && value < 0x20_0000_0000_0000n) {
      this.varint(Number(value));
      return;
    }
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    this.raw(Uint8Array.from(bytes));
  }

  fixed32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value, true);
  }

  fixed64(value: bigint): void {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, value, true);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  text(value: string): void {
    const at = this.#reserve(utf8SizeOf(value));
    writeUtf8(value, this.#bytes, at);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  #reserve(size: number): number {
    if (size > this.#start) {
      const used = this.length;
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, used + size));
      grown.set(this.#bytes.subarray(this.#start), grown.length - used);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
      this.#start = grown.length - used;
    }
    this.#start -= size;
    return this.#start;
  }
}
