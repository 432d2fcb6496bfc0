/**
 * One batch into `spans`, then what it adds to the tables that count, so that a batch is in every table
 * exactly once, whenever the process is killed. A batch has a number, the millisecond of its `received_at`, which only ever
 * grows; where an earlier attempt may have been cut off, each table is asked whether it has that number. An
 * insert makes one part, and a part is there as a whole or not at all. Why not ClickHouse's
 * deduplication tokens: `docs/decisions/0002-exactly-once.md`.
 */
import type { BlockFile } from '../encode/block-files.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import type { Connection } from './connection.ts';
import { StoreError } from './store-error.ts';

export interface InsertOptions {
  /** An earlier attempt of this process may have come to some of the tables. */
  isRepeat: boolean;
  /** The same of an earlier process, which inserted its batches in the order of their numbers, as this one does. */
  isRecovered: boolean;
  /** More of them wait than are inserted in some seconds. */
  isBehind: boolean;
  /** Called when the spans are there; what counts them comes when it has resolved: after what counts the batch before. */
  beforeCounts?: (() => Promise<void>) | undefined;
}

export class SpanInserts {
  readonly #connection: Connection;
  /** Of each table of a shard, the number of the last batch that an earlier process brought. */
  readonly #left = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async insert(batch: SpanBatch<BlockFile>, options: InsertOptions): Promise<void> {
    const receivedAt = `fromUnixTimestamp64Milli(${Math.floor(batch.receivedAtMs)}, 'UTC')`;
    const bring = async (table: string, block: BlockFile, column: string, isLate: string): Promise<void> => {
      const last = `SELECT shardNum() AS shard, toUnixTimestamp64Milli(max(${column})) AS last
        FROM ${table} WHERE ${isLate} AND writer = ${Math.floor(batch.writer)}`;
      if (block.rowCount === 0 || (await this.#isThere(batch, table, last, options))) return;
      await this.#connection.insertBlock(table, block, { shard: batch.shard, isBehind: options.isBehind });
    };
    // Rows of the tables that count merge; the largest number stays.
    const count = (table: string, block: BlockFile): Promise<void> =>
      bring(table, block, 'last_received_at', `received_day >= toDate(${receivedAt})`);
    await bring('spans', batch.spans, 'received_at', `received_at >= ${receivedAt}`);
    await options.beforeCounts?.();
    await count('span_names', batch.spanNames);
    await count('attribute_keys', batch.attributeKeys);
    await count('span_metrics', batch.spanMetrics);
  }

  /** Batches come into a table in the order of their numbers: it is there if it, or one after it, is. */
  async #isThere(
    { shard, receivedAtMs }: SpanBatch<BlockFile>,
    table: string,
    sql: string,
    { isRepeat, isRecovered }: InsertOptions,
  ): Promise<boolean> {
    if (isRepeat) return (await this.#last(sql, shard)) >= receivedAtMs;
    if (!isRecovered) return false;
    const place = `${shard} ${table}`;
    const left = this.#left.get(place) ?? (await this.#last(sql, shard));
    this.#left.set(place, left);
    return left >= receivedAtMs;
  }

  async #last(sql: string, shard: number): Promise<number> {
    const answers = await this.#connection.rowsOfShards<{ shard: number; last: string }>(sql);
    const answer = this.#connection.layout.hasShards ? answers.find((row) => row.shard === shard) : answers[0];
    if (answer) return Number(answer.last);
    throw new StoreError('store-unreachable', `Shard ${shard} of the ClickHouse cluster does not answer.`);
  }
}
