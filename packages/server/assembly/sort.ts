/**
 * Numbers in ascending order, digit by digit from the lowest on: each pass puts them where their digit belongs and keeps the order of those
 * that have the same one. As many passes as the largest number has digits, where a comparing sort would take seventeen steps for
 * each of a hundred thousand.
 */
import { allocate } from './memory';

const digitBits: u64 = 11;
const digitCount: usize = 1 << 11;

/** @param numbers `count` u64 @returns where they are in order: there, or in memory that is taken for it */
export function sorted(numbers: usize, count: usize): usize {
  const places = allocate(digitCount << 2);
  const most = largest(numbers, count);
  let from = numbers;
  let to = allocate(count << 3);
  for (let shift: u64 = 0; shift < 64 && most >> shift > 0; shift += digitBits) {
    findPlaces(from, count, shift, places);
    move(from, to, count, shift, places);
    const other = from;
    from = to;
    to = other;
  }
  return from;
}

function largest(numbers: usize, count: usize): u64 {
  let most: u64 = 0;
  for (let i: usize = 0; i < count; i++) most = max(most, load<u64>(numbers + (i << 3)));
  return most;
}

/** Of each digit: how many numbers have a lower one. */
function findPlaces(numbers: usize, count: usize, shift: u64, places: usize): void {
  memory.fill(places, 0, digitCount << 2);
  for (let i: usize = 0; i < count; i++) {
    const place = places + digitOffset(load<u64>(numbers + (i << 3)), shift);
    store<u32>(place, load<u32>(place) + 1);
  }
  let lower: u32 = 0;
  for (let digit: usize = 0; digit < digitCount; digit++) {
    const own = load<u32>(places + (digit << 2));
    store<u32>(places + (digit << 2), lower);
    lower += own;
  }
}

function move(from: usize, to: usize, count: usize, shift: u64, places: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const number = load<u64>(from + (i << 3));
    const place = places + digitOffset(number, shift);
    const index = load<u32>(place);
    store<u32>(place, index + 1);
    store<u64>(to + ((index as usize) << 3), number);
  }
}

function digitOffset(number: u64, shift: u64): usize {
  return (((number >> shift) as usize) & (digitCount - 1)) << 2;
}
