import type { BlockFile } from '../encode/block-files.ts';
import type { Layout } from './layout.ts';

export type SqlValues = Readonly<Record<string, unknown>>;

export interface BlockOptions {
  /** Of a table that stands over shards. */
  shard: number;
  /** What can be done later is put off. */
  isBehind: boolean;
}

/** A connection that may write, wherever its ClickHouse runs. It has a default database: SQL names tables without one. */
export interface Connection {
  readonly layout: Layout;

  /** Resolves when the statement has been carried out. */
  run(sql: string, values?: SqlValues): Promise<void>;

  /** On every server, with the layout's `onCluster` in it; where there is but one, as `run`. */
  runOnAll(sql: string, values?: SqlValues): Promise<void>;

  rows<Row>(sql: string, values?: SqlValues): Promise<Row[]>;

  /**
   * Asks the shards one by one, and those that answer: a row of each, of an aggregation without keys, whose
   * `shard` is `shardNum()`. Where there are no shards that is 0.
   */
  rowsOfShards<Row extends { shard: number }>(sql: string): Promise<Row[]>;

  /** Everything in one part: when this resolves it is on disk, and after a failure it is there as a whole or not at all. */
  insertBlock(table: string, block: BlockFile, options: BlockOptions): Promise<void>;
}

/** Everything in one block, however large: a second block would be a second part. */
const oneBlock = {
  max_insert_block_size: '1000000000',
  min_insert_block_size_rows: '1000000000',
  min_insert_block_size_bytes: '1000000000000',
  max_threads: 1,
} as const;

const granuleRows = 8192;

/**
 * Settings of an insert. Making skip indexes is a third of it, and merges make them, too: a part that is one granule is read as quickly
 * as they are, and where spans wait in the spool, getting them in comes first.
 */
export function blockSettings({ rowCount }: BlockFile, isBehind: boolean): Record<string, string | number> {
  return { ...oneBlock, materialize_skip_indexes_on_insert: isBehind || rowCount < granuleRows ? 0 : 1 };
}
