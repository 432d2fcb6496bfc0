/** Spans that a search matches, grouped by what they have in a field: how many, how many failed, and how long they took. */
import type { GroupsResponse, SpanGroup } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { InvalidParameter } from './invalid-parameter.ts';
import { forEachSelected } from './metrics-by-evaluation.ts';
import { prepareSearch, type Search } from './prepare-search.ts';
import type { SearchQuery } from './search-query.ts';
import type { Field } from './traceql/ast.ts';
import { needsEvaluation } from './traceql/fields.ts';
import { type GroupRow, groupSql } from './traceql/group-sql.ts';
import { labelsKey } from './traceql/series.ts';
import { fieldValues, toAnyValue, type Value } from './traceql/span-values.ts';

interface Group {
  value: Value | undefined;
  spanCount: number;
  errorCount: number;
  /** Of p50, p95 and p99. */
  nanos: readonly string[];
}

/** Most spans first. @param query its order and cursor say nothing here, `limit` how many groups */
export async function findGroups(store: ReadableStore, query: SearchQuery, by: Field): Promise<GroupsResponse> {
  if (!query.traceql && needsEvaluation(by)) {
    throw new InvalidParameter(
      'invalid-by',
      'by',
      'What this asks of the whole trace, its events or links is known for a query only: give q in place of the form fields.',
    );
  }
  const search = await prepareSearch(store, query, [by]);
  const { groups, count } = search.evaluation ? await groupHere(search, by) : await groupBySql(search, by);
  const seconds = Number(query.range.endUnixNano - query.range.startUnixNano + 1n) / 1e9;
  const shown = groups.slice(0, query.limit).map((group) => answered(group, seconds));
  return { groups: shown, others: count - shown.length };
}

function answered({ value, spanCount, errorCount, nanos }: Group, seconds: number): SpanGroup {
  const [p50Nano = '0', p95Nano = '0', p99Nano = '0'] = nanos;
  const ratePerSecond = spanCount / seconds;
  return { value: value ? toAnyValue(value) : null, spanCount, errorCount, ratePerSecond, p50Nano, p95Nano, p99Nano };
}

interface Grouped {
  groups: Group[];
  /** Of all, more than are given. */
  count: number;
}

async function groupBySql(search: Search, by: Field): Promise<Grouped> {
  const { store, query, columns, attributes, parameters, places } = search;
  const { columns: keys, readValue } = groupSql(by, 'value', { places, parameters });
  const names = keys.map(({ name }) => name);
  const rows = await store.query<
    GroupRow & { spanCount: string; errorCount: string; groupCount: string } & { nanos: string[] }
  >(
    `SELECT ${keys.map(({ sql, name }) => `${sql} AS ${name}, `).join('')}
       count() AS spanCount, countIf(status_code = 2) AS errorCount, count() OVER () AS groupCount,
       quantilesTDigest(0.5, 0.95, 0.99)(duration_nano) AS nanos
     FROM spans PREWHERE ${columns} WHERE ${attributes}
     GROUP BY ${names.length === 0 ? 'tuple()' : names.join(', ')}
     ORDER BY ${['spanCount DESC', ...names].join(', ')} LIMIT ${parameters.bind('UInt32', query.limit)}`,
    parameters.values,
  );
  const groups = rows.map((row) => ({
    value: readValue(row),
    spanCount: Number(row.spanCount),
    errorCount: Number(row.errorCount),
    nanos: row.nanos.map((nano) => String(Math.round(Number(nano)))),
  }));
  return { groups, count: Number(rows[0]?.groupCount ?? 0) };
}

async function groupHere(search: Search, by: Field): Promise<Grouped> {
  const all = new Map<string, { value: Value | undefined; errorCount: number; durations: bigint[] }>();
  await forEachSelected(search, (span) => {
    const [value] = fieldValues(by, span);
    const key = labelsKey([{ name: '', value }]);
    const group = all.get(key) ?? { value, errorCount: 0, durations: [] };
    all.set(key, group);
    group.durations.push(span.durationNano);
    if (span.status === 2) group.errorCount++;
  });
  const groups = [...all.values()].map(({ value, errorCount, durations }): Group => {
    const sorted = durations.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    const at = (level: number): string =>
      String(sorted[Math.min(Math.trunc(level * sorted.length), sorted.length - 1)]);
    return { value, spanCount: sorted.length, errorCount, nanos: [at(0.5), at(0.95), at(0.99)] };
  });
  return { groups: groups.sort((a, b) => b.spanCount - a.spanCount), count: groups.length };
}
