/**
 * How densely what a search looks for lies in time, by what the same search found last. What is counted of names knows nothing of
 * attributes and durations, nor how many spans of a trace match: a slice after it is too short for a page, which is a second question, or
 * many times too long.
 */
import { type ReadableStore, RecentMap } from '../store/store.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { beginOf } from './search-by-time.ts';
import { fingerprint } from './search-cursor.ts';
import type { TimeRange } from './time-range.ts';

interface Pace {
  nanoPerTrace: bigint;
  /** Where in time it was so: what a page went through. */
  stretch: TimeRange;
}

const mostKnown = 1000;
/** So far from there, or as far as that was long, it is probably the same. */
const nearNano = 600_000_000_000n;
/** Of 34 traces that a slice should have, fewer than 21 come one time in a hundred. */
const margin = { times: 8n, by: 5n };

/** @returns the search with a better guess, where there is one */
export async function atKnownPace(search: Search): Promise<Search> {
  const begin = edgeOf(search);
  const pace = (await knownPaces(search.store)).get(fingerprint(search.query));
  if (begin === undefined || !pace || !isNear(begin, pace.stretch)) return search;
  return { ...search, nanoPerTrace: pace.nanoPerTrace };
}

/** @param found by time; nothing is learned from fewer than `wanted` */
export async function rememberPace(search: Search, found: readonly FoundTrace[], wanted: number): Promise<void> {
  const begin = edgeOf(search);
  const last = found[wanted - 1];
  if (begin === undefined || !last) return;
  const { key } = last.position;
  const stretch = begin < key ? rangeOf(begin, key) : rangeOf(key, begin);
  const nanoPerTrace = (lengthOf(stretch) * margin.times) / margin.by / BigInt(wanted) + 1n;
  (await knownPaces(search.store)).set(fingerprint(search.query), { nanoPerTrace, stretch });
}

function knownPaces(store: ReadableStore): Promise<RecentMap<string, Pace>> {
  return store.recall('paces', Number.POSITIVE_INFINITY, async () => new RecentMap<string, Pace>(mostKnown));
}

/** Where it begins to look. */
function edgeOf(search: Search): bigint | undefined {
  const range = beginOf(search);
  return search.query.order === 'newest' ? range?.endUnixNano : range?.startUnixNano;
}

function rangeOf(startUnixNano: bigint, endUnixNano: bigint): TimeRange {
  return { startUnixNano, endUnixNano };
}

function lengthOf({ startUnixNano, endUnixNano }: TimeRange): bigint {
  return endUnixNano - startUnixNano;
}

function isNear(unixNano: bigint, stretch: TimeRange): boolean {
  const length = lengthOf(stretch);
  const reach = length > nearNano ? length : nearNano;
  return unixNano >= stretch.startUnixNano - reach && unixNano <= stretch.endUnixNano + reach;
}
