import type { ServiceInfo, SpanKindNumber, SpanNameInfo } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeRange } from './time-range.ts';

/** Counted in whole hours: those that the range touches. Sorted by name. */
export async function findServices(store: ReadableStore, range: Partial<TimeRange> = {}): Promise<ServiceInfo[]> {
  const parameters = new SqlParameters();
  const rows = await store.query<{ name: string; spanCount: string; errorCount: string; lastSeenUnixNano: string }>(
    `SELECT service_name AS name, sum(span_count) AS spanCount, sum(error_count) AS errorCount,
       max(last_start_unix_nano) AS lastSeenUnixNano
     FROM span_names WHERE ${inHours(range, parameters)} GROUP BY service_name ORDER BY name`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, spanCount: Number(row.spanCount), errorCount: Number(row.errorCount) }));
}

export interface SpanNameFilter {
  service?: string;
  kind?: SpanKindNumber;
  prefix?: string;
  range?: Partial<TimeRange>;
  limit: number;
}

/** Counted in whole hours: those that the range touches. Most frequent first. */
export async function findSpanNames(store: ReadableStore, filter: SpanNameFilter): Promise<SpanNameInfo[]> {
  const parameters = new SqlParameters();
  const all = [inHours(filter.range ?? {}, parameters)];
  if (filter.service !== undefined) all.push(`service_name = ${parameters.bind('String', filter.service)}`);
  if (filter.kind !== undefined) all.push(`kind = ${parameters.bind('UInt8', filter.kind)}`);
  if (filter.prefix) all.push(startsWithSql('span_names.name', parameters.bind('String', filter.prefix)));
  const rows = await store.query<{ name: string; kind: SpanKindNumber; spanCount: string }>(
    `SELECT name, kind, sum(span_count) AS spanCount FROM span_names WHERE ${all.join(' AND ')}
     GROUP BY name, kind ORDER BY spanCount DESC, name, kind LIMIT ${parameters.bind('UInt32', filter.limit)}`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, spanCount: Number(row.spanCount) }));
}

/** Upper and lower case are one: people complete what they half remember. */
export function startsWithSql(column: string, prefix: string): string {
  return `startsWith(lowerUTF8(${column}), lowerUTF8(${prefix}))`;
}

const secondNano = 1_000_000_000n;

function inHours({ startUnixNano, endUnixNano }: Partial<TimeRange>, parameters: SqlParameters): string {
  const all: string[] = [];
  if (startUnixNano !== undefined) {
    all.push(`hour_unix + 3600 > ${parameters.bind('UInt64', startUnixNano / secondNano)}`);
  }
  if (endUnixNano !== undefined) all.push(`hour_unix <= ${parameters.bind('UInt64', endUnixNano / secondNano)}`);
  return all.length === 0 ? 'true' : all.join(' AND ');
}
