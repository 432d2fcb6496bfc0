/**
 * Services that are kept for another time than the rest. Their rows share parts with others, so they are deleted by a mutation,
 * a whole day of arrivals at a time: a service's day goes when the last of it is old enough.
 */
import type { Connection } from './connection.ts';
import { deleteRows } from './mutate.ts';
import { countingTables } from './schema.ts';
import type { RetentionLimits } from './store.ts';

interface ServiceDay {
  day: string;
  service: string;
  spans: number;
  /** Milliseconds since 1970: when its youngest span was received. */
  youngest: number;
}

/** @returns how many spans were deleted */
export async function dropOldOfServices(connection: Connection, limits: RetentionLimits): Promise<number> {
  if (!limits.services?.size) return 0;
  const old = (await serviceDays(connection)).filter(({ service, youngest }) => youngest < limitOf(service, limits));
  if (old.length > 0) await dropDays(connection, old);
  return old.reduce((sum, { spans }) => sum + spans, 0);
}

/** When spans of the service must have been received to stay, in milliseconds since 1970. */
function limitOf(service: string, { services, receivedBeforeMs }: RetentionLimits): number {
  return services?.get(service) ?? receivedBeforeMs;
}

/** The names last: they are what is gone by, so a crash between is repaired by the next run. */
async function dropDays(connection: Connection, old: readonly ServiceDay[]): Promise<void> {
  const values = { days: old.map(({ day }) => day), services: old.map(({ service }) => service) };
  const isOf = (day: string): string =>
    `(toString(${day}), service_name) IN arrayZip({days:Array(String)}, {services:Array(String)})`;
  await deleteRows(connection, 'spans', isOf('toDate(received_at)'), values);
  for (const table of countingTables.toReversed()) {
    await deleteRows(connection, table, isOf('received_day'), values);
  }
}

function serviceDays(connection: Connection): Promise<ServiceDay[]> {
  return connection.rows<ServiceDay>(
    `SELECT toString(received_day) AS day, service_name AS service, toFloat64(sum(span_count)) AS spans,
       toFloat64(toUnixTimestamp64Milli(max(last_received_at))) AS youngest
     FROM span_names GROUP BY received_day, service_name`,
  );
}
