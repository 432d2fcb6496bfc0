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

/** Of a batch, what goes into one table. */
interface Insert {
  table: string;
  block: BlockFile;
  /** A SELECT of `isThere`, for each shard. */
  question: string;
}

export class SpanInserts {
  readonly #connection: Connection;
  /** Tables of shards for which this process has inserted: no later batch is there of an earlier process. */
  readonly #begun = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async insert(batch: SpanBatch<BlockFile>, options: InsertOptions): Promise<void> {
    const receivedAt = `fromUnixTimestamp64Milli(${Math.floor(batch.receivedAtMs)}, 'UTC')`;
    const isOurs = `writer = ${Math.floor(batch.writer)}`;
    const bring = (insert: Insert): Promise<void> => this.#bring(insert, batch.shard, options);
    // Rows of the tables that count merge; the largest number stays: it is that of the last batch which came so far.
    const count = (table: string, block: BlockFile): Promise<void> =>
      bring({
        table,
        block,
        question: `SELECT shardNum() AS shard, max(last_received_at) >= ${receivedAt} AS isThere
          FROM ${table} WHERE received_day = toDate(${receivedAt}) AND ${isOurs}`,
      });
    await bring({
      table: 'spans',
      block: batch.spans,
      question: `SELECT shardNum() AS shard, count() > 0 AS isThere FROM spans WHERE received_at = ${receivedAt} AND ${isOurs}`,
    });
    await options.beforeCounts?.();
    await count('span_names', batch.spanNames);
    await count('attribute_keys', batch.attributeKeys);
    await count('span_metrics', batch.spanMetrics);
  }

  async #bring({ table, block, question }: Insert, shard: number, options: InsertOptions): Promise<void> {
    if (block.rowCount === 0) return;
    const place = `${shard} ${table}`;
    const mayBeThere = options.isRepeat || (options.isRecovered && !this.#begun.has(place));
    if (mayBeThere && (await this.#isTrue(question, shard))) return;
    await this.#connection.insertBlock(table, block, { shard, isBehind: options.isBehind });
    this.#begun.add(place);
  }

  async #isTrue(question: string, shard: number): Promise<boolean> {
    const answers = await this.#connection.rowsOfShards<{ shard: number; isThere: number }>(question);
    const hasShards = this.#connection.layout.hasShards;
    const answer = hasShards ? answers.find((row) => row.shard === shard) : answers[0];
    if (answer) return answer.isThere === 1;
    throw new StoreError('store-unreachable', `Shard ${shard} of the ClickHouse cluster does not answer.`);
  }
}
