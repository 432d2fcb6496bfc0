/** Which traces are of this shard, as `ShardFilter` of `src/encode/shard-filter.ts` says: `slots` are numbers of shards, u32 each. */
import { Table } from './table';

const slots = new Table(256);
let slotCount: u32 = 0;
let shard: u32 = 0;

export function clearFilter(): void {
  slots.clear();
  slotCount = 0;
}

/** Of the next input. @param count 0: all traces are @returns where the host writes the slots */
export function setFilter(count: u32, ofShard: u32): usize {
  slots.reserve((count as usize) << 2);
  slotCount = count;
  shard = ofShard;
  return slots.at;
}

/** @param traceId 16 bytes, of which the last four choose, as a number */
export function isOfShard(traceId: usize): bool {
  if (slotCount === 0) return true;
  const slot = bswap<u32>(load<u32>(traceId, 12)) % slotCount;
  return load<u32>(slots.at + ((slot as usize) << 2)) === shard;
}
