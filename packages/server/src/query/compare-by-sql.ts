/**
 * `compare`, counted by ClickHouse: what spans have by themselves, and the names of their traces' roots. Nobody knows how many values there
 * are, and counts by step of all of them are more than fits into memory. So all are counted as a whole, and then by step those that are the most
 * frequent of their key.
 */
import { type ComparedSource, fromRoots, ownSources, roots, type Sides, sourceValues } from './compared-sources.ts';
import type { Window } from './metrics-query.ts';
import type { Search } from './prepare-search.ts';
import { Tallies, type Tally } from './tallies.ts';
import { partsOf } from './trace-parts.ts';
import type { Compare } from './traceql/ast.ts';
import { typedValue } from './traceql/group-sql.ts';
import type { Value } from './traceql/span-values.ts';
import type { SqlType } from './traceql/value-sql.ts';

/** So many roots, and counts of traces, are held in memory at a time. */
const mostTraces = 300_000;

interface Stepwise {
  isSelected: boolean;
  key: string;
  text: string;
  /** 0: all values that were not asked for, together. */
  isAsked: 0 | 1;
  steps: number[];
  counts: string[];
}

/** @param selection SQL for a row of `spans` that the filter selects @param tracesPerPart of whose roots the names are looked up at a time */
export async function compareBySql(
  search: Search,
  { range, limit }: Compare,
  selection: string,
  window: Window,
  tracesPerPart: number = mostTraces,
): Promise<Tally[]> {
  const { parameters } = search;
  const bind = (nano: bigint): string => parameters.bind('UInt64', nano);
  const within = range
    ? ` AND start_unix_nano >= ${bind(range.startUnixNano)} AND start_unix_nano < ${bind(range.endUnixNano)}`
    : '';
  const side = { isSelected: `toBool(${selection}${within})` };
  const step = `toUInt32(intDiv(start_unix_nano - ${bind(window.startUnixNano)}, ${bind(window.stepNano)}))`;
  const tallies = new Tallies(window);
  for (const source of ownSources) {
    const texts = await frequentTexts(search, source, side, limit);
    if (texts.length > 0) await countByStep(search, source, { ...side, step }, texts, tallies);
  }
  await countRoots(search, { ...side, step }, tracesPerPart, tallies);
  return tallies.mostFrequent(limit);
}

/** Those that are the most frequent for any side and key. Not `ORDER BY … LIMIT BY`, which would sort all there are in memory. */
async function frequentTexts(search: Search, source: ComparedSource, side: Sides, limit: number): Promise<string[]> {
  const { store, parameters } = search;
  const rows = await store.query<{ frequent: [total: string, text: string][] }>(
    `SELECT groupArraySorted(${parameters.bind('UInt32', limit)})((-total, text)) AS frequent
     FROM (
       SELECT isSelected, key, text, toInt64(sum(spanCount)) AS total FROM (${source.rows(search, side)}) GROUP BY isSelected, key, text
     ) GROUP BY isSelected, key`,
    sourceValues(search),
  );
  return [...new Set(rows.flatMap(({ frequent }) => frequent.map(([, text]) => text)))];
}

/** A text may be frequent for one key only: what is too many is left out in the end. */
async function countByStep(
  search: Search,
  source: ComparedSource,
  sides: Sides,
  texts: readonly string[],
  tallies: Tallies,
): Promise<void> {
  const asked = search.parameters.bind('Array(String)', texts);
  const rows = await search.store.query<Stepwise>(
    `SELECT isSelected, key, isAsked, askedText AS text, groupArray(step) AS steps, groupArray(spans) AS counts
     FROM (
       SELECT isSelected, key, toUInt8(has(${asked}, text)) AS isAsked, if(isAsked = 1, text, '') AS askedText, step, sum(spanCount) AS spans
       FROM (${source.rows(search, sides)}) GROUP BY isSelected, key, isAsked, askedText, step
     ) GROUP BY isSelected, key, isAsked, askedText`,
    sourceValues(search),
  );
  for (const row of rows) addRow(tallies, source, row);
}

/** All of their names at once: they are few. A part of the traces after the other. */
async function countRoots(search: Search, sides: Sides, tracesPerPart: number, tallies: Tallies): Promise<void> {
  const { store } = search;
  const rows = roots.rows(search, sides);
  const values = sourceValues(search);
  const [row] = await store.query<{ roots: string }>(`SELECT count() AS roots ${fromRoots}`, values);
  for (const part of partsOf(Number(row?.roots ?? 0), tracesPerPart)) {
    const named = await store.query<Stepwise>(
      `SELECT isSelected, key, text, 1 AS isAsked, groupArray(step) AS steps, groupArray(spans) AS counts
       FROM (SELECT isSelected, key, text, step, sum(spanCount) AS spans FROM (${rows}) GROUP BY isSelected, key, text, step)
       GROUP BY isSelected, key, text`,
      { ...values, ...part },
    );
    for (const each of named) addRow(tallies, roots, each);
  }
}

function addRow(tallies: Tallies, source: ComparedSource, row: Stepwise): void {
  const { isSelected, key, text, isAsked, steps } = row;
  const what = { isSelected, key: source.scope + key };
  const spanCounts = row.counts.map(Number);
  tallies.add({ ...what, value: undefined }, steps, spanCounts);
  if (isAsked === 1) tallies.add({ ...what, value: readValue(source.typeOf(key), text) }, steps, spanCounts);
}

function readValue(type: SqlType, text: string): Value | undefined {
  return typedValue(type, type === 'bool' ? text === 'true' : text);
}
