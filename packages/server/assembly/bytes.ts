/**
 * Sixteen bytes at a time. What is compared or copied may be followed by anything, but lies in memory that `allocate` gave:
 * there, sixteen bytes can be read or written from any place on.
 */

export function isSame(a: usize, b: usize, size: usize): bool {
  let at: usize = 0;
  for (; at + 16 <= size; at += 16) {
    if (v128.any_true(v128.xor(v128.load(a + at), v128.load(b + at)))) return false;
  }
  const isEqual = i8x16.bitmask(i8x16.eq(v128.load(a + at), v128.load(b + at)));
  return (~isEqual & lowBits(size - at)) === 0;
}

/** Writes up to sixteen bytes more than `size`. */
export function copyBytes(to: usize, from: usize, size: usize): void {
  if (size > 512) {
    memory.copy(to, from, size);
    return;
  }
  for (let at: usize = 0; at < size; at += 16) v128.store(to + at, v128.load(from + at));
}

export function isAscii(text: usize, size: usize): bool {
  let at: usize = 0;
  for (; at + 16 <= size; at += 16) {
    if (i8x16.bitmask(v128.load(text + at)) !== 0) return false;
  }
  return (i8x16.bitmask(v128.load(text + at)) & lowBits(size - at)) === 0;
}

export function isZero(bytes: usize, size: usize): bool {
  for (let at: usize = 0; at < size; at += 8) {
    if (load<u64>(bytes + at) !== 0) return false;
  }
  return true;
}

/** Eight bytes at a time; all bits of the sum end up in all of the result's, whose low ones choose a slot. */
export function hashOf(text: usize, size: usize): u32 {
  const factor: u64 = 0x9e3779b97f4a7c15;
  let hash = (size as u64) * factor;
  let at: usize = 0;
  for (; at + 8 <= size; at += 8) {
    hash = (hash ^ load<u64>(text + at)) * factor;
    hash ^= hash >> 32;
  }
  const rest = load<u64>(text + at) & (((1 as u64) << (((size - at) << 3) as u64)) - 1);
  hash = (hash ^ rest) * factor;
  return (hash ^ (hash >> 29) ^ (hash >> 47)) as u32;
}

/** @param count up to 15 */
function lowBits(count: usize): i32 {
  return (1 << (count as i32)) - 1;
}
