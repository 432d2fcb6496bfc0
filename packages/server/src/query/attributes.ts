/** Attribute keys and values that have been seen, for completion. */
import type { AttributeKeyInfo, AttributeScope, AttributeType, AttributeValuesResponse } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { findKeyPlaces } from './attribute-filter.ts';
import { startsWithSql } from './services.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { TimeRange } from './time-range.ts';

export interface AttributeKeyFilter {
  service?: string;
  prefix?: string;
  scope?: AttributeScope;
  range?: Partial<TimeRange>;
  limit: number;
}

/** Counted in whole days, by when the spans were received. Most frequent first. */
export async function findAttributeKeys(store: ReadableStore, filter: AttributeKeyFilter): Promise<AttributeKeyInfo[]> {
  const parameters = new SqlParameters();
  const all = [inDays(filter.range ?? {}, parameters)];
  if (filter.service !== undefined) all.push(`service_name = ${parameters.bind('String', filter.service)}`);
  if (filter.scope !== undefined) all.push(`scope = ${parameters.bind('String', filter.scope)}`);
  if (filter.prefix) all.push(startsWithSql('key', parameters.bind('String', filter.prefix)));
  const rows = await store.query<{ scope: AttributeScope; key: string; type: AttributeType; spanCount: string }>(
    `SELECT scope, key, type, sum(span_count) AS spanCount FROM attribute_keys WHERE ${all.join(' AND ')}
     GROUP BY scope, key, type ORDER BY spanCount DESC, key, scope, type LIMIT ${parameters.bind('UInt32', filter.limit)}`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, spanCount: Number(row.spanCount) }));
}

const dayNano = 86_400_000_000_000n;
const lastDay = 65_535n;

function inDays({ startUnixNano, endUnixNano }: Partial<TimeRange>, parameters: SqlParameters): string {
  const day = (unixNano: bigint): string => {
    const days = unixNano / dayNano;
    return `toDate(${parameters.bind('UInt16', days < lastDay ? days : lastDay)})`;
  };
  const all: string[] = [];
  if (startUnixNano !== undefined) all.push(`received_day >= ${day(startUnixNano)}`);
  if (endUnixNano !== undefined) all.push(`received_day <= ${day(endUnixNano)}`);
  return all.length === 0 ? 'true' : all.join(' AND ');
}

export interface AttributeValueFilter {
  key: string;
  scope?: AttributeScope;
  service?: string;
  prefix?: string;
  range: TimeRange;
  limit: number;
}

/** Completion must be quick: only the newest of many spans are looked at. */
const maxSpansRead = 100_000;

/** Of the newest 100,000 spans that fit; most frequent first. What a search cannot look for is not given. */
export async function findAttributeValues(
  store: ReadableStore,
  filter: AttributeValueFilter,
): Promise<AttributeValuesResponse['values']> {
  const places = (await findKeyPlaces(store, [filter.key])).get(filter.key) ?? [];
  const wanted = places.filter(({ scope }) => (filter.scope ?? scope) === scope);
  const parameters = new SqlParameters();
  const key = parameters.bind('String', filter.key);
  const candidates = wanted.flatMap(({ scope, type }) => valueCandidate(scope, type, key));
  if (candidates.length === 0) return [];

  const prefix = filter.prefix ? startsWithSql('value', parameters.bind('String', filter.prefix)) : 'true';
  const rows = await store.query<{ value: string; type: AttributeType; spanCount: string }>(
    `SELECT candidate.1 AS value, candidate.2 AS type, count() AS spanCount
     FROM (
       SELECT arrayDistinct(arrayConcat(${candidates.join(', ')})) AS candidates
       FROM spans WHERE ${spansOf(filter, parameters)}
       ORDER BY intDiv(start_unix_nano, 60000000000) DESC LIMIT ${maxSpansRead}
     ) ARRAY JOIN candidates AS candidate
     WHERE ${prefix}
     GROUP BY value, type ORDER BY spanCount DESC, value, type LIMIT ${parameters.bind('UInt32', filter.limit)}`,
    parameters.values,
  );
  return rows.map((row) => ({ ...row, spanCount: Number(row.spanCount) }));
}

/** SQL for a list of (text, type): one element where the span has the key, else none. */
function valueCandidate(scope: AttributeScope, type: AttributeType, key: string): string[] {
  if (type === 'other') return [];
  const column = `${scope === 'span' ? 'attr' : 'resource'}_${type}`;
  return [`if(mapContains(${column}, ${key}), [(${textSql[type](`${column}[${key}]`)}, '${type}')], [])`];
}

/** The text of a value, as a search takes it. */
const textSql: Record<Exclude<AttributeType, 'other'>, (value: string) => string> = {
  string: (value) => value,
  int: (value) => `toString(${value})`,
  double: (value) => `replaceOne(replaceOne(toString(${value}), 'inf', 'Infinity'), 'nan', 'NaN')`,
  bool: (value) => `if(${value}, 'true', 'false')`,
};

function spansOf({ service, range }: AttributeValueFilter, parameters: SqlParameters): string {
  const start = parameters.bind('UInt64', range.startUnixNano);
  const end = parameters.bind('UInt64', range.endUnixNano);
  const inRange = `start_unix_nano BETWEEN ${start} AND ${end}`;
  return service === undefined ? inRange : `${inRange} AND service_name = ${parameters.bind('String', service)}`;
}
