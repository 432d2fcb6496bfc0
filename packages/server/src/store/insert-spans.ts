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
  /** An earlier attempt may have come to some of the tables. */
  isRepeat: boolean;
  /** More of them wait than are inserted in some seconds. */
  isBehind: boolean;
}

export async function insertSpans(
  connection: Connection,
  batch: SpanBatch<BlockFile>,
  { isRepeat, isBehind }: InsertOptions,
): Promise<void> {
  const receivedAt = `fromUnixTimestamp64Milli(${Math.floor(batch.receivedAtMs)}, 'UTC')`;
  const isOurs = `writer = ${Math.floor(batch.writer)}`;
  // Rows of the tables that count merge; the largest number stays: it is that of the last batch which came so far.
  const lastOf = (
    table: string,
  ): string => `SELECT shardNum() AS shard, max(last_received_at) >= ${receivedAt} AS isThere
    FROM ${table} WHERE received_day = toDate(${receivedAt}) AND ${isOurs}`;
  const steps = [
    {
      table: 'spans',
      block: batch.spans,
      question: `SELECT shardNum() AS shard, count() > 0 AS isThere FROM spans WHERE received_at = ${receivedAt} AND ${isOurs}`,
    },
    { table: 'span_names', block: batch.spanNames, question: lastOf('span_names') },
    { table: 'attribute_keys', block: batch.attributeKeys, question: lastOf('attribute_keys') },
    { table: 'span_metrics', block: batch.spanMetrics, question: lastOf('span_metrics') },
  ];
  for (const { table, block, question } of steps) {
    if (block.rowCount === 0) continue;
    if (isRepeat && (await isTrue(connection, question, batch.shard))) continue;
    await connection.insertBlock(table, block, { shard: batch.shard, isBehind });
  }
}

async function isTrue(connection: Connection, question: string, shard: number): Promise<boolean> {
  const answers = await connection.rowsOfShards<{ shard: number; isThere: number }>(question);
  const answer = connection.layout.hasShards ? answers.find((row) => row.shard === shard) : answers[0];
  if (answer) return answer.isThere === 1;
  throw new StoreError('store-unreachable', `Shard ${shard} of the ClickHouse cluster does not answer.`);
}
