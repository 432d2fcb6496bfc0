/**
 * What has a rare value of an attribute, newest or oldest first: all of the time range is asked at once. The filters of attributes leave a few granules
 * of it, which a search by slices (`search-by-time.ts`) cannot know, so that it asks three times. Where they leave many, nothing is read
 * yet, it goes by slices, and so does who asks for values of the same keys soon after.
 */
import { type ReadableStore, StoreError } from '../store/store.ts';
import { asksFilters } from './attribute-filter.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { beginOf } from './search-by-time.ts';
import { findSpansInSlice } from './spans-in-slice.ts';
import type { TimeRange } from './time-range.ts';

/** Of 32 granules: some 50 ms. */
const mostRows = 262_144;
/** So long it is not tried again. */
const commonMs = 600_000;
/** More are forgotten. */
const mostCommon = 1000;

/** @returns undefined where it is better to go by slices */
export async function findAtOnce(
  search: Search,
  wanted: number,
): Promise<{ found: FoundTrace[]; range: TimeRange } | undefined> {
  const range = beginOf(search);
  if (!range || !asksFilters(search.attributes)) return undefined;
  const common = await commonKeys(search.store);
  const keys = JSON.stringify([...search.places.keys()]);
  if (performance.now() < (common.get(keys) ?? 0)) return undefined;
  try {
    return { found: await findSpansInSlice(search, range, wanted, mostRows), range };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'query-too-expensive') throw error;
    if (common.size >= mostCommon) common.clear();
    common.set(keys, performance.now() + commonMs);
    return undefined;
  }
}

/** Until when, in ms of `performance`, keys are known for values that many granules have. */
function commonKeys(store: ReadableStore): Promise<Map<string, number>> {
  return store.recall('common keys', Number.POSITIVE_INFINITY, async () => new Map<string, number>());
}
