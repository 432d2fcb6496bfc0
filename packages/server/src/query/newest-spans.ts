/**
 * What the newest matching spans have, counted: for completion, which must be quick and need not be complete. Slices of time
 * are looked at from the end of the range, each longer than the one before, until enough spans are seen; each reads a
 * bounded number of rows and makes do with these. The rows of a minute lie in the order of their trace ids, so that
 * what is read of it is a fair sample.
 */
import type { SpanSample } from '@sightline/wire';
import { evaluateSlice } from './evaluated-traces.ts';
import type { Search } from './prepare-search.ts';
import { findByTime } from './search-by-time.ts';
import { inSlice, sliceValues } from './slice-sql.ts';
import { before, type TimeRange } from './time-range.ts';
import type { TracedSpan } from './traceql/span-values.ts';

/** What a span has, in SQL over a row of `spans`. */
export interface ItemsSql {
  /** A list of tuples of texts, each once. */
  items: string;
  /** True for at least the rows that have any. Cheap: it is read first. */
  present: string;
  /** So many spans are enough. */
  enough: number;
  /** Only the newest slice is looked at: for what most spans have nothing of, and which would be looked for everywhere. */
  isOfNewest?: boolean;
}

export interface NewestSpans {
  /** Most frequent first. */
  items: { item: string[]; spanCount: number }[];
  /** How many of those that have any were looked at, and how far back. */
  sample: { spanCount: number; startUnixNano: bigint };
}

const firstSliceNano = 600_000_000_000n;
const sliceGrowth = 16n;

export async function countNewest(search: Search, sql: ItemsSql): Promise<NewestSpans> {
  const { range } = search.snapshot;
  if (search.evaluation) return added([await countRows(await selectedAlone(search), range, sql)], range.startUnixNano);
  const counted: Counted[] = [];
  let slice = lastOf(range, firstSliceNano);
  for (let length = firstSliceNano; ; length *= sliceGrowth) {
    counted.push(await countRows(search, slice, sql));
    const isEnough = counted.reduce((sum, { spanCount }) => sum + spanCount, 0) >= sql.enough;
    if (isEnough || sql.isOfNewest || slice.startUnixNano <= range.startUnixNano)
      return added(counted, slice.startUnixNano);
    slice = lastOf({ ...range, endUnixNano: slice.startUnixNano - 1n }, length * sliceGrowth);
  }
}

export function sampleOf({ sample }: NewestSpans): SpanSample {
  return { spanCount: sample.spanCount, startUnixNano: String(sample.startUnixNano) };
}

function lastOf({ startUnixNano, endUnixNano }: TimeRange, length: bigint): TimeRange {
  const start = before(endUnixNano, length - 1n);
  return { startUnixNano: start > startUnixNano ? start : startUnixNano, endUnixNano };
}

interface Counted {
  rows: { item: string[]; spanCount: string; firstCount: string }[];
  spanCount: number;
}

/** Rows in blocks as small as they lie on disk: what is enough may be in the first. */
const bounded = "max_rows_to_read = 100000, read_overflow_mode = 'break', max_block_size = 8192";

type Condition = Pick<Search, 'store' | 'columns' | 'attributes' | 'visible' | 'parameters'>;

async function countRows(
  { store, columns, attributes, visible, parameters }: Condition,
  slice: TimeRange,
  { items, present, enough }: ItemsSql,
): Promise<Counted> {
  const rows = await store.query<Counted['rows'][number]>(
    `SELECT item, count() AS spanCount, countIf(number = 1) AS firstCount
     FROM (
       SELECT ${items} AS items FROM spans
       PREWHERE ${inSlice} AND ${columns} AND ${visible} AND ${present}
       WHERE ${attributes} AND notEmpty(items) LIMIT ${enough}
     ) ARRAY JOIN items AS item, arrayEnumerate(items) AS number
     GROUP BY item SETTINGS ${bounded}`,
    { ...parameters.values, ...sliceValues(slice) },
  );
  return { rows, spanCount: rows.reduce((sum, { firstCount }) => sum + Number(firstCount), 0) };
}

function added(counted: readonly Counted[], startUnixNano: bigint): NewestSpans {
  const byText = new Map<string, { item: string[]; spanCount: number }>();
  for (const { item, spanCount } of counted.flatMap(({ rows }) => rows)) {
    const text = JSON.stringify(item);
    byText.set(text, { item, spanCount: Number(spanCount) + (byText.get(text)?.spanCount ?? 0) });
  }
  const items = [...byText]
    .sort(([a, { spanCount: one }], [b, { spanCount: other }]) => other - one || (a < b ? -1 : 1))
    .map(([, item]) => item);
  return { items, sample: { spanCount: counted.reduce((sum, each) => sum + each.spanCount, 0), startUnixNano } };
}

/** Of a query that is about whole traces. */
const enoughTraces = 50;
const enoughSpans = 2000;

/** What the query selects of the newest traces, as a condition on spans by their ids. */
async function selectedAlone(search: Search): Promise<Condition> {
  const { store, visible, parameters } = search;
  const spans = await newestSelected(search);
  const listOf = (ids: string[]): string => `arrayJoin(${parameters.bind('Array(String)', [...new Set(ids)])})`;
  const traceIds = listOf(spans.map(({ traceId }) => traceId));
  const spanIds = listOf(spans.map(({ traceId, spanId }) => traceId + spanId));
  return {
    store,
    visible,
    parameters,
    columns: `trace_id IN (SELECT toFixedString(unhex(${traceIds}), 16))`,
    attributes: `concat(lower(hex(trace_id)), lower(hex(span_id))) IN (SELECT ${spanIds})`,
  };
}

/** What the query selects of the newest traces, where it is about whole traces. */
export async function newestSelected(search: Search): Promise<TracedSpan[]> {
  const traces = await findByTime<TracedSpan[]>(search, enoughTraces, async (_, slice, wanted) => {
    const found: TracedSpan[][] = [];
    const isComplete = await evaluateSlice(search, slice, ({ spansets }) => {
      if (found.length < wanted) found.push([...new Set(spansets.flatMap(({ spans }) => spans))]);
    });
    return isComplete ? found : undefined;
  });
  return traces.flat().slice(0, enoughSpans);
}
