/**
 * One batch of rows into `spans`, then what it adds to the tables that count, so that a batch is in every table
 * exactly once, whenever the process is killed. A batch has a number, the millisecond of its `received_at`, which only ever
 * grows; where an earlier attempt may have been cut off, each table is asked whether it has that number. An
 * insert makes one part, and a part is there as a whole or not at all. Why not ClickHouse's
 * deduplication tokens: `docs/decisions/0002-exactly-once.md`.
 */
import type { Session } from 'chdb';
import { countsOf, spanColumns } from './schema.ts';

/** Everything in one block, however large: a second block would be a second part. */
const oneBlock = {
  max_insert_block_size: 1_000_000_000,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 1_000_000_000_000,
};

export interface SpanBatch {
  /** TabSeparated, in the order of `spanColumns`; all with the same `received_at`. */
  tsv: Uint8Array;
  receivedAtMs: number;
  /** An earlier attempt may have come to some of the tables. */
  isRepeat: boolean;
}

export async function insertSpans(writer: Session, { tsv, receivedAtMs, isRepeat }: SpanBatch): Promise<void> {
  const receivedAt = `fromUnixTimestamp64Milli(${Math.floor(receivedAtMs)}, 'UTC')`;
  const isThere = async (sql: string): Promise<boolean> => isRepeat && (await isTrue(writer, sql));

  if (!(await isThere(`SELECT count() > 0 FROM sightline.spans WHERE received_at = ${receivedAt}`))) {
    await writer.insert({
      table: 'sightline.spans',
      columns: spanColumns,
      values: tsv,
      format: 'TSV',
      settings: oneBlock,
    });
  }
  for (const [table, counts] of Object.entries(countsOf)) {
    // Rows merge, the largest number stays: it is that of the last batch which came so far.
    const lastOf = `SELECT max(last_received_at) >= ${receivedAt} FROM sightline.${table} WHERE received_day = toDate(${receivedAt})`;
    if (await isThere(lastOf)) continue;
    const sql = counts.replaceAll('{receivedAt}', receivedAt);
    await writer.queryAsync(`INSERT INTO sightline.${table} ${sql}`);
  }
}

async function isTrue(writer: Session, sql: string): Promise<boolean> {
  const result = await writer.queryAsync(sql, { format: 'TSV' });
  return result.text().trim() === '1';
}
