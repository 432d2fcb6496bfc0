/**
 * Old spans go in whole pieces: dropping one is deleting files, while deleting rows would rewrite them. So
 * what goes by age may stay up to a day longer than asked, where a piece holds younger spans too
 * (a partition holds one day of arrivals), and what goes by size goes piece by piece, oldest first. A piece is a part;
 * where there are shards a partition, which has the same name on each.
 */
import { errorTypeOf } from './clickhouse-error.ts';
import type { Connection } from './connection.ts';
import { countingTables } from './schema.ts';
import { dropOldOfServices } from './service-retention.ts';
import type { RetentionLimits, RetentionResult } from './store.ts';

interface Piece {
  partition: string;
  /** Of a part; of a partition, once more its name. */
  name: string;
  rows: number;
  bytes: number;
  /** Seconds since 1970: when its youngest span was received. */
  youngest: number;
}

export async function enforceRetention(connection: Connection, limits: RetentionLimits): Promise<RetentionResult> {
  const result = { droppedSpans: 0, droppedBytes: 0 };
  // Nothing that any service may keep goes with a whole piece.
  const receivedBeforeMs = Math.min(limits.receivedBeforeMs, ...(limits.services?.values() ?? []));
  let keptBytes = await diskBytes(connection);
  for (const piece of await spanPieces(connection)) {
    const isOld = piece.youngest * 1000 < receivedBeforeMs;
    if (!isOld && keptBytes <= limits.maxDiskBytes) continue;
    if (!(await dropPiece(connection, piece))) continue;
    keptBytes -= piece.bytes;
    result.droppedBytes += piece.bytes;
    result.droppedSpans += piece.rows;
  }
  if (result.droppedSpans > 0) await dropDependents(connection);
  result.droppedSpans += await dropOldOfServices(connection, limits);
  return result;
}

/** @returns false when a merge has made another part of it meanwhile: that one's turn comes next time */
async function dropPiece(connection: Connection, { name }: Piece): Promise<boolean> {
  const { stored, onCluster, hasShards } = connection.layout;
  const kind = hasShards ? 'PARTITION' : 'PART';
  try {
    await connection.runOnAll(`ALTER TABLE ${stored('spans')}${onCluster} DROP ${kind} '${name}'`);
    return true;
  } catch (error) {
    if (errorTypeOf(error) === 'NO_SUCH_DATA_PART') return false;
    throw error;
  }
}

/** The days that have no spans any more go from the tables that count spans by day. */
async function dropDependents(connection: Connection): Promise<void> {
  const { stored, onCluster, system, database } = connection.layout;
  const left = new Set((await spanPieces(connection)).map((piece) => piece.partition));
  for (const table of countingTables) {
    const partitions = await connection.rows<{ partition: string }>(
      `SELECT DISTINCT partition FROM ${system('parts')}
       WHERE database = ${database} AND table = {table:String} AND active`,
      { table: stored(table) },
    );
    for (const { partition } of partitions) {
      if (left.has(partition)) continue;
      await connection.runOnAll(`ALTER TABLE ${stored(table)}${onCluster} DROP PARTITION '${partition}'`);
    }
  }
}

/** Oldest first. */
function spanPieces(connection: Connection): Promise<Piece[]> {
  const { stored, system, database, hasShards } = connection.layout;
  const piece = hasShards ? 'partition' : 'name';
  return connection.rows<Piece>(
    `SELECT partition, ${piece} AS name, toFloat64(sum(rows)) AS rows, toFloat64(sum(bytes_on_disk)) AS bytes,
       toUnixTimestamp(max(max_time)) AS youngest
     FROM ${system('parts')} WHERE database = ${database} AND table = {table:String} AND active
     GROUP BY partition, ${piece} ORDER BY youngest, name`,
    { table: stored('spans') },
  );
}

async function diskBytes(connection: Connection): Promise<number> {
  const { system, database } = connection.layout;
  const [row] = await connection.rows<{ bytes: number }>(
    `SELECT toFloat64(sum(bytes_on_disk)) AS bytes FROM ${system('parts')} WHERE database = ${database} AND active`,
  );
  return row?.bytes ?? 0;
}
