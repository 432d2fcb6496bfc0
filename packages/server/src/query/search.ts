/** Traces that fulfil all conditions, a page at a time. */
import type { SearchResponse, TraceSummary } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { prepareSearch, type Search } from './prepare-search.ts';
import { findByTime } from './search-by-time.ts';
import { findByTrace } from './search-by-trace.ts';
import { type Position, writeCursor } from './search-cursor.ts';
import type { SearchQuery } from './search-query.ts';
import { findSpanSets } from './traceql/span-sets.ts';

export interface FoundTrace {
  summary: TraceSummary;
  position: Position;
}

/** @throws InvalidParameter for a cursor that does not fit the query */
export async function search(store: ReadableStore, query: SearchQuery): Promise<SearchResponse> {
  const prepared = await prepareSearch(store, query);
  // One more than the page holds, to know whether there is a next page.
  const found = await findTraces(prepared, query.limit + 1);
  const page = found.slice(0, query.limit);
  const last = page.at(-1);
  const summaries = page.map((trace) => trace.summary);
  return {
    traces: query.traceql ? await findSpanSets(prepared, summaries) : summaries,
    ...(found.length > page.length && last ? { nextCursor: writeCursor(query, prepared.snapshot, last.position) } : {}),
  };
}

function findTraces(search: Search, wanted: number): Promise<FoundTrace[]> {
  const { order } = search.query;
  const byTime = order === 'newest' || order === 'oldest';
  return (byTime ? findByTime : findByTrace)(search, wanted);
}
