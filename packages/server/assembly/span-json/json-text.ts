/**
 * The text that is being written, until it is taken. It moves where it grows, to behind all that was allocated. Behind what has been
 * written there is always room for `spare` bytes, which are more than come between two texts of unknown size: only those ask for room.
 */
import { copyBytes } from '../bytes';
import { allocate } from '../memory';
import { digitsOf8 } from './digits';

const firstSize: usize = 1 << 17;
const spare: usize = 512;
const quote: u32 = 0x22;
const backslash: u32 = 0x5c;
export const comma: u32 = 0x2c;
const minus: u32 = 0x2d;
const zero: u32 = 0x30;

let start: usize = 0;
let at: usize = 0;
let end: usize = 0;

export function startText(): void {
  start = at = allocate(firstSize);
  end = start + firstSize - spare;
}

export function textAt(): usize {
  return start;
}

export function textSize(): usize {
  return at - start;
}

export function clearText(): void {
  at = start;
}

/** Forgets what was written after the first `size` bytes. */
export function truncate(size: usize): void {
  at = start + size;
}

/** @returns where the next `size` bytes go */
export function reserve(size: usize): usize {
  if (at + size > end) grow(size);
  return at;
}

/** What was written there. */
export function add(size: usize): void {
  at += size;
}

function grow(more: usize): void {
  const grown = max((end + spare - start) << 1, at - start + more + spare);
  const moved = allocate(grown);
  memory.copy(moved, start, at - start);
  at = moved + (at - start);
  start = moved;
  end = start + grown - spare;
}

export function writeBytes(from: usize, size: usize): void {
  copyBytes(reserve(size), from, size);
  at += size;
}

export function writeByte(value: u32): void {
  store<u8>(at++, value as u8);
}

/** Text that is JSON already, made once. */
export class Literal {
  private readonly at: usize;
  private readonly size: usize;

  constructor(bytes: ArrayBuffer) {
    this.at = changetype<usize>(bytes);
    this.size = bytes.byteLength as usize;
  }

  /** Up to 32 bytes. */
  @inline
  write(): void {
    v128.store(at, v128.load(this.at));
    v128.store(at, v128.load(this.at, 16), 16);
    at += this.size;
  }
}

export function literal(text: string): Literal {
  return new Literal(String.UTF8.encode(text));
}

/** UTF-8, in quotes. */
export function writeString(from: usize, to: usize): void {
  reserve(to - from);
  store<u8>(at++, quote as u8);
  let text = from;
  while (text < to) {
    const bytes = v128.load(text);
    v128.store(at, bytes);
    const count = min(to - text, 16);
    const escaped = needsEscape(bytes) & ((1 << (count as i32)) - 1);
    const plain = escaped === 0 ? count : (ctz(escaped) as usize);
    at += plain;
    text += plain;
    if (escaped === 0) continue;
    writeEscape(load<u8>(text++));
    reserve(to - text);
  }
  store<u8>(at++, quote as u8);
}

/** @returns a bit for each byte. Of JSON's strings, all but these stand for themselves. */
function needsEscape(bytes: v128): i32 {
  const isControl = i8x16.lt_u(bytes, i8x16.splat(0x20));
  const isQuote = i8x16.eq(bytes, i8x16.splat(quote as i8));
  const isBackslash = i8x16.eq(bytes, i8x16.splat(backslash as i8));
  return i8x16.bitmask(v128.or(isControl, v128.or(isQuote, isBackslash)));
}

function writeEscape(value: u32): void {
  const letter = shortEscape(value);
  writeByte(backslash);
  if (letter !== 0) {
    writeByte(letter);
    return;
  }
  store<u32>(at, 0x30303075); // u000
  store<u8>(at, (zero + (value >> 4)) as u8, 3);
  store<u8>(at, hexDigit(value & 15) as u8, 4);
  at += 5;
}

function shortEscape(value: u32): u32 {
  switch (value) {
    case quote:
    case backslash:
      return value;
    case 0x08:
      return 0x62; // b
    case 0x09:
      return 0x74; // t
    case 0x0a:
      return 0x6e; // n
    case 0x0c:
      return 0x66; // f
    case 0x0d:
      return 0x72; // r
    default:
      return 0;
  }
}

function hexDigit(value: u32): u32 {
  return value < 10 ? zero + value : 0x57 + value;
}

/** Hex digits, in quotes. @param size a multiple of 8 */
export function writeHex(bytes: usize, size: usize): void {
  store<u8>(at++, quote as u8);
  for (let i: usize = 0; i < size; i += 8, at += 16) v128.store(at, hexDigits(v128.load(bytes + i)));
  store<u8>(at++, quote as u8);
}

/** Of the first eight bytes. */
function hexDigits(bytes: v128): v128 {
  const high = i8x16.shr_u(bytes, 4);
  const low = v128.and(bytes, i8x16.splat(15));
  const halves = i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const digits = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102);
  return i8x16.swizzle(digits, halves);
}

/** An integer of 64 bits, in quotes. */
export function writeLong(magnitude: u64, isNegative: bool): void {
  writeByte(quote);
  if (isNegative) writeByte(minus);
  writeNumber(magnitude);
  writeByte(quote);
}

export function writeNumber(value: u64): void {
  const upper = value / 100_000_000;
  if (upper === 0) {
    writeFirstDigits(value as u32);
    return;
  }
  if (upper < 100_000_000) writeFirstDigits(upper as u32);
  else {
    writeFirstDigits((upper / 100_000_000) as u32);
    writeEightDigits((upper % 100_000_000) as u32);
  }
  writeEightDigits((value - upper * 100_000_000) as u32);
}

/** Without zeros before it. @param value below 10^8 */
function writeFirstDigits(value: u32): void {
  const digits = digitsOf8(value);
  const zeros = value === 0 ? 7 : ctz(digits) >> 3;
  store<u64>(at, (digits | 0x3030303030303030) >> (zeros << 3));
  at += 8 - (zeros as usize);
}

function writeEightDigits(value: u32): void {
  store<u64>(at, digitsOf8(value) | 0x3030303030303030);
  at += 8;
}
