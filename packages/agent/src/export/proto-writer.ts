/**
 * Writes protobuf into one growing buffer, front to back. A message's length stands before its
 * content and is not known yet: `open` leaves the bytes that it will probably need, and `close`
 * writes it, moving the content where the guess was wrong. Lengths are always of minimal width, as
 * every other encoder writes them.
 *
 *     open(0x4a, 1)           close(mark)
 *     4a __ 0a 03 ...    ->   4a 1c 0a 03 ...          (up to 127 bytes of content)
 *                             4a 9c 02 0a 03 ...       (more: the content moves by one)
 */

/** Text up to this length is copied here character by character: quicker than the way into native code. */
const shortText = 64;

export class ProtoWriter {
  bytes: Buffer;
  /** Where the next byte goes: all before it is written. */
  at = 0;

  constructor(capacityBytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacityBytes);
  }

  /** Makes room for so many bytes more; every write below relies on the caller's, or its own. */
  reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(this.at + count);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }

  /** One byte, or a field's tag below 16. */
  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** A whole number from 0 to 2⁵³−1. */
  varint(value: number): void {
    let rest = value;
    while (rest > 0x7fff_ffff) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest > 0x7f) {
      this.bytes[this.at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.at++] = rest;
  }

  /** A negative number is ten bytes long: two's complement in 64 bits. */
  int64(value: number): void {
    if (value >= 0) this.varint(value);
    else this.#negative(value);
  }

  #negative(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.bytes[this.at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  fixed32(value: number): void {
    this.bytes[this.at++] = value;
    this.bytes[this.at++] = value >>> 8;
    this.bytes[this.at++] = value >>> 16;
    this.bytes[this.at++] = value >>> 24;
  }

  double(value: number): void {
    this.at = this.bytes.writeDoubleLE(value, this.at);
  }

  /** Bytes as they are, without a length. */
  raw(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.at);
    this.at += source.length;
  }

  /** Length and content. */
  block(source: Uint8Array): void {
    this.reserve(source.length + 5);
    this.varint(source.length);
    this.bytes.set(source, this.at);
    this.at += source.length;
  }

  /** Length and UTF-8 content; half a surrogate pair becomes U+FFFD. */
  text(text: string): void {
    if (text.length > shortText || !this.#shortAscii(text)) this.#longText(text);
  }

  /** @returns false, with nothing written, where the text is not ASCII */
  #shortAscii(text: string): boolean {
    this.reserve(shortText + 1);
    const { bytes } = this;
    let at = this.at + 1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    bytes[this.at] = text.length;
    this.at = at;
    return true;
  }

  #longText(text: string): void {
    this.reserve(text.length * 3 + 5);
    const mark = this.at;
    const width = varintWidth(text.length); // right where all is ASCII
    const length = this.bytes.write(text, mark + width);
    const neededWidth = varintWidth(length);
    if (neededWidth !== width) this.bytes.copyWithin(mark + neededWidth, mark + width, mark + width + length);
    this.varint(length);
    this.at += length;
  }

  /**
   * Begins a message inside.
   * @param width how many bytes its length will probably take
   * @returns what `close` needs
   */
  open(tag: number, width: 1 | 2): number {
    this.reserve(1 + width);
    this.bytes[this.at] = tag;
    const mark = this.at + 1;
    this.at = mark + width;
    return mark;
  }

  /** Ends the message that began at the mark; the width is the one that `open` was given. */
  close(mark: number, width: 1 | 2): void {
    const start = mark + width;
    const length = this.at - start;
    const neededWidth = varintWidth(length);
    if (neededWidth !== width) {
      this.reserve(neededWidth);
      this.bytes.copyWithin(mark + neededWidth, start, this.at);
    }
    this.at = mark;
    this.varint(length);
    this.at += length;
  }
}

export function varintWidth(value: number): number {
  let width = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) width++;
  return width;
}
