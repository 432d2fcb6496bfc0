/**
 * Bytes that grow without ever being moved: a list of chunks, of which each is twice as large as the one before it, up to a limit.
 *
 *   chunk = next (0: none) │ size │ room │ – │ bytes …      four u32 before the bytes
 *
 * A value is never in two chunks; what does not fit into one begins the next, and the first one's size is what it has. Behind
 * the last one there may be some that an earlier content had.
 */
import { copyBytes } from './bytes';
import { allocate } from './memory';
import { addPiece, countChunk } from './pieces';

const header: usize = 16;
const firstSize: usize = 1024;
const largestSize: usize = 1 << 18;

export class ChunkedBytes {
  /** Where the next value goes, once there is room for it. */
  at: usize = 0;
  private end: usize = 0;
  private first: usize = 0;
  private last: usize = 0;
  private nextSize: usize = firstSize;
  /** Of all chunks but the last. */
  private earlierSize: usize = 0;

  /** The memory that it had is gone already. */
  clear(): void {
    this.at = this.end = 0;
    this.first = this.last = 0;
    this.nextSize = firstSize;
    this.earlierSize = 0;
  }

  /** Empty, with the memory that it has. */
  rewind(): void {
    if (this.first !== 0) this.enter(this.first);
    this.earlierSize = 0;
  }

  get length(): usize {
    return this.earlierSize + this.lastSize;
  }

  private get lastSize(): usize {
    return this.last === 0 ? 0 : this.at - this.last - header;
  }

  /** @returns `at`, where there are `size` bytes of room then */
  @inline
  reserve(size: usize): usize {
    if (this.at + size > this.end) this.grow(size);
    return this.at;
  }

  private grow(size: usize): void {
    const last = this.last;
    if (last === 0) {
      this.first = this.newChunk(size);
      this.enter(this.first);
      return;
    }
    store<u32>(last, this.lastSize as u32, 4);
    this.earlierSize += this.lastSize;
    const known = load<u32>(last) as usize;
    const next = known !== 0 && load<u32>(known, 8) >= (size as u32) ? known : this.newChunk(size);
    store<u32>(last, next as u32);
    this.enter(next);
  }

  private newChunk(size: usize): usize {
    const room = max(size, this.nextSize);
    this.nextSize = min(this.nextSize << 1, largestSize);
    const chunk = allocate(header + room);
    countChunk();
    store<u32>(chunk, 0);
    store<u32>(chunk, room as u32, 8);
    return chunk;
  }

  private enter(chunk: usize): void {
    this.last = chunk;
    this.at = chunk + header;
    this.end = this.at + load<u32>(chunk, 8);
  }

  byte(value: u32): void {
    store<u8>(this.reserve(1), value as u8);
    this.at += 1;
  }

  uint32(value: u32): void {
    store<u32>(this.reserve(4), value);
    this.at += 4;
  }

  uint64(value: u64): void {
    store<u64>(this.reserve(8), value);
    this.at += 8;
  }

  raw(from: usize, size: usize): void {
    copyBytes(this.reserve(size), from, size);
    this.at += size;
  }

  zeros(size: usize): void {
    memory.fill(this.reserve(size), 0, size);
    this.at += size;
  }

  /** A String: its size as a varint, then it. @returns where it stands, without its size */
  text(from: usize, size: usize): usize {
    let at = this.reserve(size + 5);
    let rest = size;
    for (; rest >= 0x80; rest >>= 7) store<u8>(at++, (rest | 0x80) as u8);
    store<u8>(at++, rest as u8);
    copyBytes(at, from, size);
    this.at = at + size;
    return at;
  }

  /** All of `other`, whose chunks are not this one's. */
  append(other: ChunkedBytes): void {
    for (let chunk = other.first; chunk !== 0; chunk = other.after(chunk)) {
      this.raw(chunk + header, other.sizeOf(chunk));
    }
  }

  /** The numbers of 32 bits that it has, in place, as numbers of `width` bytes: of 1, 2 or 4. */
  narrow(width: u32): void {
    if (width === 4) return;
    for (let chunk = this.first; chunk !== 0; chunk = this.after(chunk)) {
      const size = this.sizeOf(chunk);
      const begin = chunk + header;
      if (width === 1) narrowToBytes(begin, size);
      else narrowToPairs(begin, size);
      const narrowed = (size >> 2) * width;
      if (chunk === this.last) this.at = begin + narrowed;
      else store<u32>(chunk, narrowed as u32, 4);
    }
  }

  /** Adds its chunks to the pieces. */
  list(): void {
    for (let chunk = this.first; chunk !== 0; chunk = this.after(chunk)) addPiece(chunk + header, this.sizeOf(chunk));
  }

  private after(chunk: usize): usize {
    return chunk === this.last ? 0 : (load<u32>(chunk) as usize);
  }

  private sizeOf(chunk: usize): usize {
    return chunk === this.last ? this.lastSize : (load<u32>(chunk, 4) as usize);
  }
}

function narrowToBytes(begin: usize, size: usize): void {
  for (let from: usize = 0; from < size; from += 4) store<u8>(begin + (from >> 2), load<u32>(begin + from) as u8);
}

function narrowToPairs(begin: usize, size: usize): void {
  for (let from: usize = 0; from < size; from += 4) store<u16>(begin + (from >> 1), load<u32>(begin + from) as u16);
}
