/**
 * What has a rare value of an attribute, newest or oldest first: all of the time range is asked at once. The filters of attributes leave a few granules
 * of it, which a search by slices (`search-by-time.ts`) cannot know, so that it asks three times. Where they leave many, nothing is read
 * yet, it goes by slices, and so does who asks the same of other values soon after.
 */
import { StoreError } from '../store/store.ts';
import { asksFilters } from './attribute-maps.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { beginOf } from './search-by-time.ts';
import { findSpansInSlice } from './spans-in-slice.ts';
import type { TimeRange } from './time-range.ts';

/** Of 32 granules: some 50 ms. */
const mostRows = 262_144;
const rememberedMs = 600_000;
/** Where a page ends in the first of so many parts of the range, what it looks for is not rare. */
const parts = 16n;

/** @returns undefined where it is better to go by slices */
export async function findAtOnce(
  search: Search,
  wanted: number,
): Promise<{ found: FoundTrace[]; range: TimeRange } | undefined> {
  const { store, attributes, places } = search;
  const range = beginOf(search);
  if (!range || !asksFilters(attributes)) return undefined;
  // Values are bound: it is the same for all of them.
  const values = await store.recall(
    `values ${JSON.stringify([attributes, ...places.keys()])}`,
    rememberedMs,
    async () => ({ areCommon: false }),
  );
  if (values.areCommon) return undefined;
  try {
    const found = await findSpansInSlice(search, range, wanted, mostRows);
    if (isSoonFull(search, range, found[wanted - 1])) values.areCommon = true;
    return { found, range };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'query-too-expensive') throw error;
    values.areCommon = true;
    return undefined;
  }
}

/** Then a slice has it all: of few spans, even most granules may be few enough. */
function isSoonFull(
  { query }: Search,
  { startUnixNano, endUnixNano }: TimeRange,
  last: FoundTrace | undefined,
): boolean {
  if (!last) return false;
  const passed = query.order === 'newest' ? endUnixNano - last.position.key : last.position.key - startUnixNano;
  return passed * parts < endUnixNano - startUnixNano;
}
