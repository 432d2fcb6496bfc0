/**
 * Which shard of a cluster has a trace: the last four bytes of its id, as a number, choose one of the slots, of which a shard
 * has as many as its weight. Every tracer makes them at random, or counts there. ClickHouse
 * computes the same from `shardingKey`, so that it asks one shard for one trace.
 */
export interface ShardFilter {
  /** Counted from 1, as ClickHouse does. */
  shard: number;
  /** The shard of each slot. */
  slots: readonly number[];
}

export const shardingKey = 'reinterpretAsUInt32(reverse(substring(trace_id, 13, 4)))';

/** @param at where 16 bytes of a trace id begin */
export function isOfShard({ shard, slots }: ShardFilter, bytes: Uint8Array, at: number): boolean {
  const high = ((bytes[at + 12] as number) << 8) | (bytes[at + 13] as number);
  const low = ((bytes[at + 14] as number) << 8) | (bytes[at + 15] as number);
  return slots[(high * 65536 + low) % slots.length] === shard;
}
