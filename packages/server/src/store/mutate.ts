/**
 * Deletes rows by a mutation, which writes the parts that have such rows anew, and waits for it: what was deleted is
 * off the disk then. A lightweight delete would be quicker, but only mark the rows, until a merge that parts of 512 MiB never see.
 * A replica that is away carries it out when it is back. The statement itself returns at once, so that inserts on the same connection need not wait.
 */
import { setTimeout } from 'node:timers/promises';
import type { Connection, SqlValues } from './connection.ts';

const pollMs = 50;

/** @param condition SQL, perhaps with placeholders */
export async function deleteRows(
  connection: Connection,
  table: string,
  condition: string,
  values: SqlValues,
): Promise<void> {
  const { stored, onCluster } = connection.layout;
  await connection.runOnAll(
    `ALTER TABLE ${stored(table)}${onCluster} DELETE WHERE ${condition} SETTINGS mutations_sync = 0`,
    values,
  );
  for (;;) {
    const running = await unfinished(connection, stored(table));
    if (running.length === 0) return;
    const failed = running.find(({ reason }) => reason !== '');
    if (failed) throw new Error(`ClickHouse cannot delete from ${table}: ${failed.reason}`);
    await setTimeout(pollMs);
  }
}

function unfinished(connection: Connection, table: string): Promise<{ reason: string }[]> {
  const { systemOfAll, database } = connection.layout;
  return connection.rows(
    `SELECT latest_fail_reason AS reason FROM ${systemOfAll('mutations')}
     WHERE database = ${database} AND table = {table:String} AND NOT is_done SETTINGS skip_unavailable_shards = 1`,
    { table },
  );
}
