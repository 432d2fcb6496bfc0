/**
 * Old spans go in whole parts: dropping a part is deleting files, while deleting rows would rewrite them. So
 * what goes by age may stay up to a day longer than asked, where a part holds younger spans too
 * (a partition holds one day of arrivals), and what goes by size goes part by part, oldest first.
 */
import type { Session } from 'chdb';
import type { RetentionLimits, RetentionResult } from './store.ts';

interface Part {
  partition: string;
  name: string;
  rows: number;
  bytes: number;
  /** Seconds since 1970: when its youngest span was received. */
  youngest: number;
}

export async function enforceRetention(writer: Session, limits: RetentionLimits): Promise<RetentionResult> {
  const result = { droppedSpans: 0, droppedBytes: 0 };
  const parts = await spanParts(writer);
  let keptBytes = await diskBytes(writer);
  for (const part of parts) {
    const isOld = part.youngest * 1000 < limits.receivedBeforeMs;
    if (!isOld && keptBytes <= limits.maxDiskBytes) continue;
    if (!(await dropPart(writer, part))) continue;
    keptBytes -= part.bytes;
    result.droppedBytes += part.bytes;
    result.droppedSpans += part.rows;
  }
  if (result.droppedSpans > 0) await dropDependents(writer);
  return result;
}

const noSuchDataPart = 232;

/** @returns false when a merge has made another part of it meanwhile: that one's turn comes next time */
async function dropPart(writer: Session, part: Part): Promise<boolean> {
  try {
    await writer.queryAsync(`ALTER TABLE sightline.spans DROP PART '${part.name}'`);
    return true;
  } catch (error) {
    if (error instanceof Error && 'clickhouseCode' in error && error.clickhouseCode === noSuchDataPart) return false;
    throw error;
  }
}

/** The days that have no spans any more go from the tables that count spans by day. */
async function dropDependents(writer: Session): Promise<void> {
  const left = new Set((await spanParts(writer)).map((part) => part.partition));
  for (const table of ['span_names', 'attribute_keys']) {
    const partitions = await rowsOf<{ partition: string }>(
      writer,
      `SELECT DISTINCT partition FROM system.parts WHERE database = 'sightline' AND table = '${table}' AND active`,
    );
    for (const { partition } of partitions) {
      if (left.has(partition)) continue;
      await writer.queryAsync(`ALTER TABLE sightline.${table} DROP PARTITION '${partition}'`);
    }
  }
}

/** Oldest first. */
async function spanParts(writer: Session): Promise<Part[]> {
  const rows = await rowsOf<{ partition: string; name: string; rows: number; bytes: number; youngest: number }>(
    writer,
    `SELECT partition, name, toFloat64(rows) AS rows, toFloat64(bytes_on_disk) AS bytes,
       toUnixTimestamp(max_time) AS youngest
     FROM system.parts WHERE database = 'sightline' AND table = 'spans' AND active
     ORDER BY max_time, name`,
  );
  return rows;
}

async function diskBytes(writer: Session): Promise<number> {
  const [row] = await rowsOf<{ bytes: number }>(
    writer,
    `SELECT toFloat64(sum(bytes_on_disk)) AS bytes FROM system.parts WHERE database = 'sightline' AND active`,
  );
  return row?.bytes ?? 0;
}

async function rowsOf<Row>(writer: Session, sql: string): Promise<Row[]> {
  const result = await writer.queryAsync(sql, { format: 'JSONEachRow' });
  return result
    .text()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
