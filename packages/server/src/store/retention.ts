/**
 * Old spans go in whole parts: dropping a part is deleting files, while deleting rows would rewrite them. So
 * what goes by age may stay up to a day longer than asked, where a part holds younger spans too
 * (a partition holds one day of arrivals), and what goes by size goes part by part, oldest first.
 */
import { errorTypeOf } from './clickhouse-error.ts';
import type { Connection } from './connection.ts';
import type { RetentionLimits, RetentionResult } from './store.ts';

interface Part {
  partition: string;
  name: string;
  rows: number;
  bytes: number;
  /** Seconds since 1970: when its youngest span was received. */
  youngest: number;
}

export async function enforceRetention(connection: Connection, limits: RetentionLimits): Promise<RetentionResult> {
  const result = { droppedSpans: 0, droppedBytes: 0 };
  const parts = await spanParts(connection);
  let keptBytes = await diskBytes(connection);
  for (const part of parts) {
    const isOld = part.youngest * 1000 < limits.receivedBeforeMs;
    if (!isOld && keptBytes <= limits.maxDiskBytes) continue;
    if (!(await dropPart(connection, part))) continue;
    keptBytes -= part.bytes;
    result.droppedBytes += part.bytes;
    result.droppedSpans += part.rows;
  }
  if (result.droppedSpans > 0) await dropDependents(connection);
  return result;
}

/** @returns false when a merge has made another part of it meanwhile: that one's turn comes next time */
async function dropPart(connection: Connection, part: Part): Promise<boolean> {
  try {
    await connection.run(`ALTER TABLE spans DROP PART '${part.name}'`);
    return true;
  } catch (error) {
    if (errorTypeOf(error) === 'NO_SUCH_DATA_PART') return false;
    throw error;
  }
}

/** The days that have no spans any more go from the tables that count spans by day. */
async function dropDependents(connection: Connection): Promise<void> {
  const left = new Set((await spanParts(connection)).map((part) => part.partition));
  for (const table of ['span_names', 'attribute_keys']) {
    const partitions = await connection.rows<{ partition: string }>(
      `SELECT DISTINCT partition FROM system.parts WHERE database = currentDatabase() AND table = '${table}' AND active`,
    );
    for (const { partition } of partitions) {
      if (left.has(partition)) continue;
      await connection.run(`ALTER TABLE ${table} DROP PARTITION '${partition}'`);
    }
  }
}

/** Oldest first. */
async function spanParts(connection: Connection): Promise<Part[]> {
  const rows = await connection.rows<{
    partition: string;
    name: string;
    rows: number;
    bytes: number;
    youngest: number;
  }>(
    `SELECT partition, name, toFloat64(rows) AS rows, toFloat64(bytes_on_disk) AS bytes,
       toUnixTimestamp(max_time) AS youngest
     FROM system.parts WHERE database = currentDatabase() AND table = 'spans' AND active
     ORDER BY max_time, name`,
  );
  return rows;
}

async function diskBytes(connection: Connection): Promise<number> {
  const [row] = await connection.rows<{ bytes: number }>(
    `SELECT toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE database = currentDatabase() AND active`,
  );
  return row?.bytes ?? 0;
}
