/**
 * `compare`: of the spans that a filter selects and of the others, how often each attribute has which value. ClickHouse counts
 * where it can tell alone which spans are meant; else they are counted here, out of evaluated traces.
 */
import type { ReadableStore } from '../store/store.ts';
import { compareBySql } from './compare-by-sql.ts';
import { forEachSelected } from './metrics-by-evaluation.ts';
import type { Window } from './metrics-query.ts';
import { prepareSearch, type Search } from './prepare-search.ts';
import type { SearchQuery } from './search-query.ts';
import { Tallies, type Tally } from './tallies.ts';
import type { Compare } from './traceql/ast.ts';
import { conditionSql } from './traceql/condition-sql.ts';
import { fieldsOf } from './traceql/fields.ts';
import type { Series } from './traceql/series.ts';
import { compileTest } from './traceql/span-expression.ts';
import { fieldValues, fromAnyValue, type TracedSpan, type Value } from './traceql/span-values.ts';

/** For each attribute its most frequent values, and under `…_total` how many spans have the attribute. */
export async function compareSpans(
  store: ReadableStore,
  query: SearchQuery,
  aggregate: Compare,
  window: Window,
): Promise<Series[]> {
  const search = await prepareSearch(store, query, fieldsOf(aggregate.selection.condition));
  const selection = conditionSql(aggregate.selection.condition, search);
  const tallies =
    search.evaluation || !selection.isExact
      ? await compareHere(await prepareSearch(store, query, search.fields, true), aggregate, window)
      : await compareBySql(search, aggregate, selection.sql, window);
  return tallies.map(seriesOf);
}

function seriesOf({ isSelected, key, value, counts }: Tally): Series {
  const type = `${isSelected ? 'selection' : 'baseline'}${value ? '' : '_total'}`;
  return {
    labels: [
      { name: '__meta_type', value: { type: 'string', value: type } },
      { name: key, value },
    ],
    values: counts,
  };
}

async function compareHere(search: Search, { selection, range, limit }: Compare, window: Window): Promise<Tally[]> {
  const selects = compileTest(selection.condition);
  const isWithin = ({ startUnixNano }: TracedSpan): boolean =>
    !range || (startUnixNano >= range.startUnixNano && startUnixNano < range.endUnixNano);
  const tallies = new Tallies(window);
  await forEachSelected(search, (span) => {
    const isSelected = isWithin(span) && selects(span);
    const step = Number((span.startUnixNano - window.startUnixNano) / window.stepNano);
    for (const { key, value } of comparedOf(span)) {
      for (const each of [value, undefined]) tallies.add({ isSelected, key, value: each }, [step], [1]);
    }
  });
  return tallies.mostFrequent(limit);
}

const comparedIntrinsics = {
  name: 'span:name',
  kind: 'span:kind',
  status: 'span:status',
  statusMessage: 'span:statusMessage',
  rootName: 'trace:rootName',
  rootServiceName: 'trace:rootService',
} as const;

function comparedOf(span: TracedSpan): { key: string; value: Value }[] {
  const intrinsics = Object.entries(comparedIntrinsics).flatMap(([key, name]) =>
    fieldValues({ kind: 'intrinsic', name, from: 0, to: 0 }, span).map((value) => ({ key, value })),
  );
  const attributes = (['span', 'resource'] as const).flatMap((scope) =>
    [...span[scope]].flatMap(([key, value]) =>
      fromAnyValue(value).map((one) => ({ key: `${scope}.${key}`, value: one })),
    ),
  );
  return [...intrinsics, ...attributes.filter(({ value: { type } }) => type !== 'list' && type !== 'opaque')];
}
