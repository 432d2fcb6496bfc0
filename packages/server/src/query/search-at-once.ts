/**
 * What has a rare value of an attribute, newest or oldest first: all of the time range is asked at once. The filters of attributes leave a few granules
 * of it, which a search by slices (`search-by-time.ts`) cannot know, so that it asks three times. Where they leave many, nothing is read
 * yet, and it goes by slices.
 */
import { type ReadableStore, StoreError } from '../store/store.ts';
import { asksFilters } from './attribute-filter.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { beginOf } from './search-by-time.ts';
import { findSpansInSlice } from './spans-in-slice.ts';
import { oneThread } from './threads.ts';
import type { TimeRange } from './time-range.ts';

/** Of 32 granules: some 50 ms. */
const mostRows = 262_144;
/** The filters of more are not all in memory: to look through them takes longer than a slice of what is not rare. */
const mostSpans = 30_000_000;
const countAgeMs = 60_000;

/** @returns undefined where it is better to go by slices */
export async function findAtOnce(
  search: Search,
  wanted: number,
): Promise<{ found: FoundTrace[]; range: TimeRange } | undefined> {
  const range = beginOf(search);
  // What a service or a name leaves is found by the filters of those, in most granules.
  if (!range || search.anyTime !== 'true' || !asksFilters(search.attributes)) return undefined;
  if ((await spansStored(search.store)) > mostSpans) return undefined;
  try {
    return { found: await findSpansInSlice(search, range, wanted, mostRows), range };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'query-too-expensive') return undefined;
    throw error;
  }
}

function spansStored(store: ReadableStore): Promise<number> {
  return store.recall('spans stored', countAgeMs, async (any) => {
    const [row] = await any.query<{ spans: string }>(`SELECT sum(span_count) AS spans FROM span_names ${oneThread}`);
    return Number(row?.spans ?? 0);
  });
}
