/** Bytes of ClickHouse's Native format, from the front: numbers are little-endian, lengths varints. */
export class ByteReader {
  readonly bytes: Buffer;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  byte(): number {
    const byte = this.bytes[this.position++];
    if (byte === undefined) throw new RangeError(`a block ends at byte ${this.bytes.length}, within a value`);
    return byte;
  }

  /** A 64-bit integer that is below 2^53. */
  count(): number {
    const at = this.skip(8);
    return this.bytes.readUInt32LE(at) + this.bytes.readUInt32LE(at + 4) * 2 ** 32;
  }

  text(): string {
    const length = this.varint();
    const at = this.skip(length);
    return this.bytes.toString('utf8', at, at + length);
  }

  /** A copy, which begins where typed arrays may. */
  copy(size: number): ArrayBuffer {
    const at = this.skip(size);
    const copy = new Uint8Array(size);
    copy.set(this.bytes.subarray(at, at + size));
    return copy.buffer;
  }

  /** @returns where what was skipped begins */
  skip(size: number): number {
    const at = this.position;
    if (at + size > this.bytes.length) {
      throw new RangeError(`a block ends at byte ${this.bytes.length}, within the ${size} bytes from ${at}`);
    }
    this.position = at + size;
    return at;
  }
}
