/** Traces that fulfil all conditions, a page at a time. */
import type { SearchResponse, TraceSummary } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { atKnownPace, rememberPace } from './pace.ts';
import { prepareSearch, type Search } from './prepare-search.ts';
import { findAtOnce } from './search-at-once.ts';
import { findEvaluatedByTrace, findEvaluatedInSlice } from './search-by-evaluation.ts';
import { findByTime } from './search-by-time.ts';
import { findByTrace } from './search-by-trace.ts';
import { type Position, writeCursor } from './search-cursor.ts';
import type { SearchQuery } from './search-query.ts';
import { findSpansInSlice } from './spans-in-slice.ts';
import type { TimeRange } from './time-range.ts';
import { firstSpansColumn } from './traceql/first-spans.ts';
import type { SpanFacts } from './traceql/span-facts.ts';
import { withSpanSets } from './traceql/span-sets.ts';

export interface FoundTrace {
  summary: TraceSummary;
  position: Position;
  /** Its first matching spans, where they are wanted and known already. */
  firstSpans?: SpanFacts[] | undefined;
}

/** Hears of a search while it goes on. */
export interface SearchListener {
  /** How far it has come, from one end of the time range. */
  onProgress?(reachedUnixNano: bigint, range: TimeRange): void;
  /** What comes next in the answer. */
  onTraces?(traces: TraceSummary[]): void;
}

/** @throws InvalidParameter for a cursor that does not fit the query */
export async function search(
  store: ReadableStore,
  query: SearchQuery,
  listener: SearchListener = {},
): Promise<SearchResponse> {
  const conditions = await prepareSearch(store, query);
  const prepared = { ...conditions, firstSpans: firstSpansColumn(conditions) };
  const traces: TraceSummary[] = [];
  // One more than the page holds, to know whether there is a next page.
  const found = await findTraces(prepared, query.limit + 1, async (some, reachedUnixNano) => {
    const room = query.limit - traces.length;
    const summaries = await withSpanSets(prepared, some.slice(0, room));
    traces.push(...summaries);
    if (summaries.length > 0) listener.onTraces?.(summaries);
    if (reachedUnixNano !== undefined) listener.onProgress?.(reachedUnixNano, query.range);
  });
  const last = found[query.limit - 1];
  return {
    traces,
    ...(found.length > query.limit && last ? { nextCursor: writeCursor(query, prepared.snapshot, last.position) } : {}),
  };
}

type OnFound = (found: FoundTrace[], reachedUnixNano?: bigint) => Promise<void>;

async function findTraces(search: Search, wanted: number, onFound: OnFound): Promise<FoundTrace[]> {
  const { query, evaluation } = search;
  if (query.order === 'newest' || query.order === 'oldest') {
    const found = await findInOrderOfTime(await atKnownPace(search), wanted, onFound);
    await rememberPace(search, found, wanted);
    return found;
  }
  const found = await (evaluation ? findEvaluatedByTrace : findByTrace)(search, wanted);
  await onFound(found);
  return found;
}

async function findInOrderOfTime(search: Search, wanted: number, onFound: OnFound): Promise<FoundTrace[]> {
  if (search.evaluation) return findByTime(search, wanted, findEvaluatedInSlice, onFound);
  const atOnce = await findAtOnce(search, wanted);
  if (!atOnce) return findByTime(search, wanted, findSpansInSlice, onFound);
  const { found, range } = atOnce;
  await onFound(found, search.query.order === 'newest' ? range.startUnixNano : range.endUnixNano);
  return found;
}
