/**
 * One batch into `spans`, then what it adds to the tables that count, so that a batch is in every table
 * exactly once, whenever the process is killed. A batch has a number, the millisecond of its `received_at`, which only ever
 * grows; where an earlier attempt may have been cut off, each table is asked whether it has that number. An
 * insert makes one part, and a part is there as a whole or not at all. Why not ClickHouse's
 * deduplication tokens: `docs/decisions/0002-exactly-once.md`.
 *
 * The blocks go by way of a file, because chdb takes only text formats from memory; ClickHouse reads a block of the
 * Native format in a tenth of the time of text.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from 'chdb';
import type { NativeBlock } from '../encode/native-block.ts';
import type { SpanBatch } from '../encode/span-encoder.ts';
import { boundSql } from './bound-sql.ts';

/** Everything in one block, however large: a second block would be a second part. */
const oneBlock =
  'SETTINGS max_insert_block_size = 1000000000, min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 1000000000000, max_threads = 1';

export interface InsertOptions {
  /** For the blocks on their way. */
  directory: string;
  /** An earlier attempt may have come to some of the tables. */
  isRepeat: boolean;
}

export async function insertSpans(writer: Session, batch: SpanBatch, options: InsertOptions): Promise<void> {
  const receivedAt = `fromUnixTimestamp64Milli(${Math.floor(batch.receivedAtMs)}, 'UTC')`;
  // Rows of the tables that count merge; the largest number stays: it is that of the last batch which came so far.
  const lastOf = (table: string): string =>
    `SELECT max(last_received_at) >= ${receivedAt} FROM sightline.${table} WHERE received_day = toDate(${receivedAt})`;
  const steps = [
    {
      table: 'spans',
      block: batch.spans,
      isThere: `SELECT count() > 0 FROM sightline.spans WHERE received_at = ${receivedAt}`,
    },
    { table: 'span_names', block: batch.spanNames, isThere: lastOf('span_names') },
    { table: 'attribute_keys', block: batch.attributeKeys, isThere: lastOf('attribute_keys') },
  ];
  for (const { table, block, isThere } of steps) {
    if (block.rowCount === 0) continue;
    if (options.isRepeat && (await isTrue(writer, isThere))) continue;
    await insertBlock(writer, table, block, options.directory);
  }
}

async function insertBlock(writer: Session, table: string, block: NativeBlock, directory: string): Promise<void> {
  const path = join(directory, `${table}.native`);
  const columns = block.columns.join(', ');
  await writeFile(path, block.bytes);
  try {
    await writer.queryAsync(
      boundSql(
        `INSERT INTO sightline.${table} (${columns}) SELECT ${columns} FROM file({path:String}, 'Native') ${oneBlock}`,
        { path },
      ),
    );
  } finally {
    await rm(path, { force: true });
  }
}

async function isTrue(writer: Session, sql: string): Promise<boolean> {
  const result = await writer.queryAsync(sql, { format: 'TSV' });
  return result.text().trim() === '1';
}
