/** `compare`: of the spans that a filter selects and of the others, how often each attribute has which value. */
import type { Window } from './metrics-query.ts';
import type { Search } from './prepare-search.ts';
import type { Compare } from './traceql/ast.ts';
import { conditionSql } from './traceql/condition-sql.ts';
import { QueryError } from './traceql/query-error.ts';
import type { Series } from './traceql/series.ts';
import { kindNames, statusNames, type Value } from './traceql/span-values.ts';

interface Compared {
  isSelected: number;
  key: string;
  value: string;
  steps: [steps: number[], counts: string[]];
}

/** For each attribute its most frequent values, and under `…_total` how many spans have the attribute. */
export async function compareSpans(search: Search, aggregate: Compare, window: Window): Promise<Series[]> {
  const { store, columns, attributes, parameters, places } = search;
  const selection = conditionSql(aggregate.selection.condition, { places, parameters });
  if (search.evaluation || !selection.isExact) {
    throw new QueryError(
      'compare is answered only where both filters speak of single spans: leave out structure, pipelines, events, links and facts of the trace.',
      aggregate,
    );
  }
  const { range } = aggregate;
  const within = range
    ? ` AND start_unix_nano BETWEEN ${parameters.bind('UInt64', range.startUnixNano)} AND ${parameters.bind('UInt64', range.endUnixNano)}`
    : '';
  const compared = (value: string): string => `
    SELECT isSelected, pair.1 AS key, ${value} AS value, count() AS total, sumMap([step], [toUInt64(1)]) AS steps
    FROM (
      SELECT (${selection.sql}${within}) AS isSelected, ${pairsSql} AS pairs,
        toUInt32(intDiv(start_unix_nano - ${parameters.bind('UInt64', window.startUnixNano)}, ${parameters.bind('UInt64', window.stepNano)})) AS step
      FROM spans PREWHERE ${columns} WHERE ${attributes}
    ) ARRAY JOIN pairs AS pair
    GROUP BY isSelected, key, value`;
  const ranked = `${compared('pair.2')} ORDER BY total DESC, value LIMIT ${parameters.bind('UInt32', aggregate.limit)} BY isSelected, key`;
  const values = await store.query<Compared>(ranked, parameters.values);
  const totals = await store.query<Compared>(compared("''"), parameters.values);
  return [
    ...values.map((row) => seriesOf(row, '', { type: 'string', value: row.value }, window)),
    ...totals.map((row) => seriesOf(row, '_total', undefined, window)),
  ];
}

function seriesOf(row: Compared, suffix: string, value: Value | undefined, window: Window): Series {
  const type = `${row.isSelected ? 'selection' : 'baseline'}${suffix}`;
  const values = Array<number | null>(window.stepCount).fill(0);
  const [steps, counts] = row.steps;
  for (const [index, step] of steps.entries()) values[step] = Number(counts[index]);
  return {
    labels: [
      { name: '__meta_type', value: { type: 'string', value: type } },
      { name: row.key, value },
    ],
    values,
  };
}

function pairsOf(scope: string, column: string, text: string): string {
  return `arrayMap((key, value) -> (concat('${scope}.', key), ${text}), mapKeys(${column}), mapValues(${column}))`;
}

const names = (all: readonly string[]): string => `[${all.map((name) => `'${name}'`).join(', ')}]`;

/** SQL: a list of (attribute, value as text). */
const pairsSql: string = `arrayConcat(
  [('name', toString(name)), ('status', ${names(statusNames)}[status_code + 1]), ('kind', ${names(kindNames)}[kind + 1])],
  ${(['span', 'resource'] as const)
    .flatMap((scope) =>
      ['string', 'int', 'double', 'bool'].map((type) =>
        pairsOf(
          scope,
          `${scope === 'span' ? 'attr' : scope}_${type}`,
          type === 'string' ? 'toString(value)' : 'toString(value)',
        ),
      ),
    )
    .join(',\n  ')})`;
