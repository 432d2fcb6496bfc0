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
