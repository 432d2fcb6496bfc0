/**
 * Bytes one after the other, growing as they need, with numbers little-endian as protobuf and ClickHouse's Native format
 * have them. The length of a message is not known before its end, so a byte is left for it, and where that
 * does not do, what has been written moves.
 */

/** Below it, a loop is faster than a call of `set` with a view for it. */
const shortBytes = 48;

export class ForwardWriter {
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Valid until the next value. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written after the first `length` bytes. */
  truncate(length: number): void {
    this.#length = length;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.#length++] = value;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** @param value below 2^32 */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  raw(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#reserve(size);
    if (size > shortBytes) {
      this.#bytes.set(size === source.length ? source : source.subarray(start, end), this.#length);
    } else {
      const bytes = this.#bytes;
      for (let i = start, at = this.#length; i < end; i++, at++) bytes[at] = source[i] as number;
    }
    this.#length += size;
  }

  /** @returns where the content begins, for `endLength` */
  beginLength(): number {
    this.#reserve(1);
    return ++this.#length;
  }

  /** @param start of the content, which is shorter than 256 MiB */
  endLength(start: number): void {
    const length = this.#length - start;
    const more = length < 0x80 ? 0 : length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : 3;
    if (more > 0) {
      this.#reserve(more);
      this.#bytes.copyWithin(start + more, start, this.#length);
    }
    this.#length = start - 1;
    this.varint(length);
    this.#length += length;
  }

  #reserve(size: number): void {
    if (this.#length + size > this.#bytes.length) this.#grow(size);
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.written());
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
