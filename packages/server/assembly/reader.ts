/**
 * The wire format of Protocol Buffers, read in place, as `ProtobufReader` of `@sightline/wire` does: `position` moves forward up to `limit`,
 * the end of the message that is being read, and nothing behind it is taken for part of it. What it finds malformed, it
 * hands to the host, which throws.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import { fieldNumberIsWrong, lengthIsWrong, malformed, messageEnds, varintIsLong, wireTypeIsUnknown } from './host';

// biome-ignore lint/complexity/noStaticOnlyClass: only methods can be inlined where they are called
export class Reader {
  static position: usize = 0;
  static limit: usize = 0;

  /** Field number and wire type, `number << 3 | type`; 0 at the end of the message. */
  @inline
  static tag(): u32 {
    const at = Reader.position;
    if (at < Reader.limit) {
      const first = load<u8>(at) as u32;
      if (first - 8 < 0x78) {
        Reader.position = at + 1;
        return first;
      }
    }
    return longTag();
  }

  @inline
  static varint(): u64 {
    const at = Reader.position;
    if (at < Reader.limit) {
      const first = load<u8>(at);
      if (first < 0x80) {
        Reader.position = at + 1;
        return first;
      }
    }
    return longVarint();
  }
}

/** From `start` to `end`. */
export function beginReading(start: usize, end: usize): void {
  Reader.position = start;
  Reader.limit = end;
}

function longTag(): u32 {
  const start = Reader.position;
  if (start >= Reader.limit) return 0;
  const tag = longVarint();
  if (tag >> 32 !== 0 || tag < 8) fail(start, fieldNumberIsWrong);
  return tag as u32;
}

function longVarint(): u64 {
  const start = Reader.position;
  let value: u64 = 0;
  let at = start;
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    if (at >= Reader.limit) fail(start, messageEnds);
    const byte = load<u8>(at++) as u64;
    if (shift === 63 && byte > 1) break;
    value |= (byte & 0x7f) << shift;
    if (byte >= 0x80) continue;
    Reader.position = at;
    return value;
  }
  fail(start, varintIsLong);
  return 0;
}

/** Steps over a length. @returns where the bytes end that begin at `position` */
export function delimited(): usize {
  const start = Reader.position;
  const length = Reader.varint();
  if (length > ((Reader.limit - Reader.position) as u64)) fail(start, lengthIsWrong);
  return Reader.position + (length as usize);
}

export function fixed32(): u32 {
  const start = Reader.position;
  stepOver(4);
  return load<u32>(start);
}

export function fixed64(): u64 {
  const start = Reader.position;
  stepOver(8);
  return load<u64>(start);
}

function stepOver(size: usize): void {
  if (Reader.limit - Reader.position < size) fail(Reader.position, messageEnds);
  Reader.position += size;
}

/** Steps over a value of a field that nobody asked for. */
export function skip(tag: u32): void {
  switch (tag & 7) {
    case 0:
      Reader.varint();
      return;
    case 1:
      stepOver(8);
      return;
    case 2:
      Reader.position = delimited();
      return;
    case 5:
      stepOver(4);
      return;
    default:
      fail(Reader.position, wireTypeIsUnknown);
  }
}

function fail(at: usize, problem: u32): void {
  malformed(at, problem);
  unreachable();
}

/** Where a length-delimited field stands; empty when absent. */
export class Slice {
  start: usize = 0;
  end: usize = 0;

  take(): void {
    this.end = delimited();
    this.start = Reader.position;
    Reader.position = this.end;
  }

  clear(): void {
    this.start = this.end = 0;
  }

  get size(): usize {
    return this.end - this.start;
  }
}
