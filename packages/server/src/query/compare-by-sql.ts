/** `compare`, counted by ClickHouse: what spans have by themselves, and the names of their traces' roots. */
import type { Window } from './metrics-query.ts';
import type { Search } from './prepare-search.ts';
import { before } from './time-range.ts';
import type { Compare } from './traceql/ast.ts';
import { typedValue } from './traceql/group-sql.ts';
import type { Value } from './traceql/span-values.ts';
import type { SqlType } from './traceql/value-sql.ts';

/** How often an attribute has a value, in the selected spans or in the others. */
export interface Tally {
  isSelected: boolean;
  key: string;
  /** Undefined: whatever it is. */
  value: Value | undefined;
  /** One for each step. */
  counts: number[];
}

interface Compared {
  isSelected: boolean;
  key: string;
  type: SqlType | '';
  text: string;
  steps: [steps: number[], counts: string[]];
}

/** @param selection SQL for a row of `spans` that the filter selects */
export async function compareBySql(
  search: Search,
  { range, limit }: Compare,
  selection: string,
  window: Window,
): Promise<Tally[]> {
  const { store, parameters } = search;
  const bind = (nano: bigint): string => parameters.bind('UInt64', nano);
  const within = range
    ? ` AND start_unix_nano >= ${bind(range.startUnixNano)} AND start_unix_nano < ${bind(range.endUnixNano)}`
    : '';
  const sides = `toBool(${selection}${within}) AS isSelected,
    toUInt32(intDiv(start_unix_nano - ${bind(window.startUnixNano)}, ${bind(window.stepNano)})) AS step`;
  const most = parameters.bind('UInt32', limit);
  const tallies: Tally[] = [];
  for (const having of [ownSql(search, sides), rootsSql(search, sides)]) {
    const values = await store.query<Compared>(
      `${countedSql('pair.2', 'pair.3', having)} ORDER BY sum(spanCount) DESC, type, text LIMIT ${most} BY isSelected, key`,
      parameters.values,
    );
    const totals = await store.query<Compared>(countedSql("''", "''", having), parameters.values);
    tallies.push(...[...values, ...totals].map((row) => tallyOf(row, window)));
  }
  return tallies;
}

function countedSql(type: string, text: string, having: string): string {
  return `SELECT isSelected, pair.1 AS key, ${type} AS type, ${text} AS text, sumMap([step], [toUInt64(spanCount)]) AS steps
    FROM (${having}) ARRAY JOIN pairs AS pair GROUP BY isSelected, key, type, text`;
}

function ownSql({ columns, attributes }: Search, sides: string): string {
  return `SELECT ${sides}, 1 AS spanCount, ${pairsSql} AS pairs FROM spans PREWHERE ${columns} WHERE ${attributes}`;
}

/** How far before its trace's other spans a root may have started, or after them. */
const reachNano = 3_600_000_000_000n;

function rootsSql({ columns, attributes, parameters, snapshot: { range } }: Search, sides: string): string {
  const start = parameters.bind('UInt64', before(range.startUnixNano, reachNano));
  const end = parameters.bind('UInt64', range.endUnixNano + reachNano);
  return `SELECT isSelected, step, spanCount, [('rootName', 'string', root.1), ('rootServiceName', 'string', root.2)] AS pairs
    FROM (
      SELECT trace_id, ${sides}, count() AS spanCount FROM spans PREWHERE ${columns} WHERE ${attributes}
      GROUP BY trace_id, isSelected, step
    ) AS counted
    INNER JOIN (
      SELECT trace_id, argMin((toString(name), toString(service_name)), (start_unix_nano, span_id, kind)) AS root FROM spans
      PREWHERE start_unix_nano BETWEEN ${start} AND ${end} AND parent_span_id = unhex('0000000000000000')
      GROUP BY trace_id
    ) AS roots USING (trace_id)`;
}

function tallyOf({ isSelected, key, type, text, steps: [steps, counts] }: Compared, window: Window): Tally {
  const value = type === '' ? undefined : readValue(type, text);
  const tally = emptyTally(isSelected, key, value, window);
  for (const [index, step] of steps.entries()) tally.counts[step] = Number(counts[index]);
  return tally;
}

function readValue(type: SqlType, text: string): Value | undefined {
  return typedValue(type, type === 'bool' ? text === 'true' : text);
}

export function emptyTally(isSelected: boolean, key: string, value: Value | undefined, { stepCount }: Window): Tally {
  return { isSelected, key, value, counts: Array<number>(stepCount).fill(0) };
}

function pairsOf(scope: 'span' | 'resource', map: string, type: SqlType): string {
  const column = `${scope === 'span' ? 'attr' : scope}_${map}`;
  return `arrayMap((key, value) -> (concat('${scope}.', key), '${type}', toString(value)), mapKeys(${column}), mapValues(${column}))`;
}

const maps = { string: 'string', int: 'int', double: 'float', bool: 'bool' } as const;

/** SQL: a list of (attribute, type, value as text). */
const pairsSql: string = `arrayConcat(
  [('name', 'string', toString(name)), ('statusMessage', 'string', status_message),
   ('status', 'status', toString(status_code)), ('kind', 'kind', toString(kind))],
  ${(['span', 'resource'] as const)
    .flatMap((scope) => Object.entries(maps).map(([map, type]) => pairsOf(scope, map, type)))
    .join(',\n  ')})`;
