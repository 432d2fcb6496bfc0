/**
 * The traces that have a span which fulfils the conditions, within a slice of the time range, by the start of their first
 * such span. A slice knows only its own spans. So a trace that reaches out of it is looked at as a whole, and kept
 * only if its first matching span is the one found: otherwise its place is in another slice.
 */
import { findMatches } from './matches.ts';
import { readWithSpans } from './page-with-spans.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { type Candidate, type Page, type PageTraces, pageSql, placedInSlice } from './slice-page.ts';
import { inSlice, sliceValues } from './slice-sql.ts';
import { sharedByGranules } from './threads.ts';
import type { TimeRange } from './time-range.ts';
import { oneSpan, summarize } from './trace-summaries.ts';

/** Read beyond what is wanted, for traces that turn out to belong elsewhere. */
const spare = 4;

/** @param mostRows as `Page` has it */
export async function findSpansInSlice(
  search: Search,
  slice: TimeRange,
  wanted: number,
  mostRows?: number,
): Promise<FoundTrace[]> {
  const found: FoundTrace[] = [];
  const limit = wanted + spare;
  for (let after = search.position; ; ) {
    const { kept, candidateCount, last } = await readPage(search, { slice, after, limit, mostRows });
    found.push(...kept);
    if (found.length >= wanted || candidateCount < limit) return found.slice(0, wanted);
    after = last;
  }
}

async function readPage(search: Search, page: Page): Promise<PageTraces> {
  const atOnce = search.attributes === 'true' ? await readWithSpans(search, page) : undefined;
  if (atOnce) return atOnce;
  return summarizeInSlice(search, page.slice, await findInSlice(search, page));
}

const longSliceNano = 600_000_000_000n;

/** The filters of attributes are the larger part of all indexes: of a long slice, as many threads look through them as there are. */
function ofAttributes({ startUnixNano, endUnixNano }: TimeRange): string {
  return endUnixNano - startUnixNano < longSliceNano
    ? sharedByGranules
    : `${sharedByGranules}, max_threads_for_indexes = 0`;
}

async function findInSlice(search: Search, page: Page): Promise<Candidate[]> {
  const { store, anyTime, attributes, visible, parameters } = search;
  const { direction, beyond, values } = pageSql(search, page);
  const rows = await store.query<{ traceId: string; key: string; spanCount: string }>(
    `SELECT lower(hex(trace_id)) AS traceId, min(start_unix_nano) AS key, uniqExact(${oneSpan}) AS spanCount
     FROM spans PREWHERE ${inSlice} AND ${anyTime} AND ${visible} WHERE ${attributes}
     GROUP BY trace_id ${beyond} ORDER BY key ${direction}, trace_id ${direction} LIMIT {limit:UInt32}
     ${attributes === 'true' ? '' : ofAttributes(page.slice)}`,
    { ...parameters.values, ...values },
    page.mostRows === undefined ? {} : { mostRows: page.mostRows },
  );
  return rows.map(({ traceId, key, spanCount }) => ({
    position: { traceId, key: BigInt(key) },
    matches: { spanCount: Number(spanCount), firstStartUnixNano: BigInt(key) },
  }));
}

/** Of a trace that has no span elsewhere that could match, everything is known by then. */
async function summarizeInSlice(search: Search, slice: TimeRange, ofSlice: Candidate[]): Promise<PageTraces> {
  const { store, visible, columns, parameters, firstSpans } = search;
  const traceIds = ofSlice.map(({ position }) => position.traceId);
  const { startUnixNano, endUnixNano } = search.snapshot.range;
  const isWhole = slice.startUnixNano <= startUnixNano && slice.endUnixNano >= endUnixNano;
  const summaries = await summarize(store, traceIds, {
    visible,
    ...(!isWhole && { other: `${columns} AND NOT (${inSlice})` }),
    firstSpans,
    values: { ...parameters.values, ...sliceValues(slice) },
  });
  const matchesOfWhole = await findMatches(search, summaries.havingOther);
  const candidates = ofSlice.map(({ position, matches }) => ({
    position,
    matches: matchesOfWhole.get(position.traceId) ?? matches,
  }));
  return placedInSlice(candidates, summaries);
}
