/** Deletes a service's spans, and what the tables that count have of them. */
import type { Connection } from './connection.ts';
import { deleteRows } from './mutate.ts';
import { countingTables } from './schema.ts';

/** Whose spans, received before when. */
export interface SpanSelection {
  service: string;
  /** Milliseconds since 1970. */
  receivedBeforeMs: number;
}

const selected = `service_name = {service:String} AND received_at < fromUnixTimestamp64Milli({beforeMs:Int64}, 'UTC')`;

export async function countSpans(connection: Connection, selection: SpanSelection): Promise<number> {
  const [row] = await connection.rows<{ spans: string }>(
    `SELECT toString(count()) AS spans FROM spans WHERE ${selected}`,
    valuesOf(selection),
  );
  return Number(row?.spans ?? 0);
}

export async function deleteSpans(connection: Connection, selection: SpanSelection): Promise<void> {
  await deleteRows(connection, 'spans', selected, valuesOf(selection));
}

/**
 * Whole days of the counts go; the day in which `receivedBeforeMs` lies is counted anew. No batch may come in meanwhile: it would be
 * counted twice.
 */
export async function recount(connection: Connection, selection: SpanSelection): Promise<void> {
  const values = valuesOf(selection);
  const day = `toDate(fromUnixTimestamp64Milli({beforeMs:Int64}, 'UTC'), 'UTC')`;
  for (const table of countingTables) {
    await deleteRows(connection, table, `service_name = {service:String} AND received_day <= ${day}`, values);
  }
  const left = `service_name = {service:String} AND toDate(received_at) = ${day}`;
  for (const table of countingTables) await connection.run(countSql(table, left), values);
}

/** Counts spans into a table that counts. @param condition SQL of which rows of `spans` */
export function countSql(table: string, condition: string): string {
  const count = counts[table];
  if (!count) throw new TypeError(`${table} does not count spans`);
  return `INSERT INTO ${table} (${count.columns}) ${everyTime} ${count.select(condition)}`;
}

/** Replicated tables drop a block that they had before, be it deleted since (before ClickHouse 26 also one that was selected). */
const everyTime = 'SETTINGS insert_deduplicate = 0';

const nameColumns =
  'received_day, last_received_at, writer, service_name, name, kind, hour_unix, span_count, error_count, last_start_unix_nano';

/** The same as `BatchCounts` makes of a batch. */
function namesOf(condition: string): string {
  return `SELECT toDate(received_at) AS day, max(received_at), writer, service_name, name, kind,
      toUInt32(least(intDiv(start_unix_nano, 3600000000000) * 3600, 4294965600)) AS hour, count(), countIf(status_code = 2),
      max(start_unix_nano)
    FROM spans WHERE ${condition} GROUP BY day, writer, service_name, name, kind, hour`;
}

const keyColumns = 'received_day, last_received_at, writer, scope, service_name, key, type, span_count';

function keysOf(condition: string): string {
  const keys = ['span', 'resource'].flatMap((scope) =>
    ['string', 'int', 'double', 'bool', 'other'].map((type) => {
      const column = `${scope === 'span' ? 'attr' : 'resource'}_${type}`;
      return `arrayMap(key -> (key::String, '${scope}', '${type}'), mapKeys(${column}))`;
    }),
  );
  return `SELECT toDate(received_at) AS day, max(received_at), writer, place.2, service_name, place.1, place.3, count()
    FROM (SELECT received_at, writer, service_name, arrayJoin(arrayConcat(${keys.join(', ')})) AS place
      FROM spans WHERE ${condition})
    GROUP BY day, writer, place, service_name`;
}

const metricColumns =
  'received_day, last_received_at, writer, has_name, service_name, name, kind, entry, minute_unix, span_count, error_count, durations';

/** The same as `SpanMetrics` makes of a batch: each span is counted once for its name, and once for its service. */
function metricsOf(condition: string): string {
  const entry = "multiIf(kind IN (2, 5), 2, parent_span_id = toFixedString('', 8) OR bitTest(flags, 9), 1, 0)";
  return `SELECT toDate(received_at) AS day, max(received_at), writer, level.1, service_name, level.2, level.3, level.4,
      toUInt32(least(intDiv(start_unix_nano, 60000000000) * 60, 4294967280)) AS minute, count(), countIf(status_code = 2),
      sumMap([${durationBucketSql('duration_nano')}], [1::UInt64])
    FROM (SELECT *, arrayJoin([(1, name, kind, 0), (0, '', 0, ${entry})]) AS level FROM spans WHERE ${condition})
    GROUP BY day, writer, level, service_name, minute`;
}

/** The bucket of `span_metrics` that a number of nanoseconds falls into. */
function durationBucketSql(nano: string): string {
  return `toUInt16(bitShiftRight(reinterpretAsUInt64(toFloat64(${nano})), 48))`;
}

const counts: Readonly<Record<string, { columns: string; select(condition: string): string }>> = {
  span_names: { columns: nameColumns, select: namesOf },
  attribute_keys: { columns: keyColumns, select: keysOf },
  span_metrics: { columns: metricColumns, select: metricsOf },
};

function valuesOf({ service, receivedBeforeMs }: SpanSelection): { service: string; beforeMs: number } {
  return { service, beforeMs: Math.floor(receivedBeforeMs) };
}
