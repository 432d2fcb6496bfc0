/**
 * Newest or oldest first, by the start of each trace's first matching span. The time range is read
 * in slices, from the asked end of it, each as long as what the one before found suggests, so that a page
 * of what is common needs a minute of data and a page of what is rare a few queries more.
 */
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import type { TimeRange } from './time-range.ts';

const minuteNano = 60_000_000_000n;
/** Most traces are shorter: one that begins before its slice costs a question more. And exporters send what they have every five seconds or so. */
const leastSliceNano = 10_000_000_000n;
/**
 * Each slice more is a query, and most of those that find nothing read little: from ten seconds to a day it is three. But where all that decides is
 * counted, something should have been found, and is probably on its way.
 */
const maxGrowth = 128;
const maxGrowthOfCounted = 8;
/** Of a slice that has too much in it, so much is tried instead. */
const shrinkage = 8n;

/** @returns the slice's traces in order, at least `wanted` of them if it has so many; undefined where it has too much in it */
export type SliceFinder<Found> = (search: Search, slice: TimeRange, wanted: number) => Promise<Found[] | undefined>;

/** @param onSlice hears what was found in order, and how far the search has come */
export async function findByTime<Found = FoundTrace>(
  search: Search,
  wanted: number,
  findInSlice: SliceFinder<Found>,
  onSlice?: (found: Found[], reachedUnixNano: bigint) => Promise<void>,
): Promise<Found[]> {
  const found: Found[] = [];
  let rest = beginOf(search);
  for (let length = firstLength(search, wanted); rest && found.length < wanted; ) {
    const isBackwards = search.query.order !== 'oldest';
    const { slice, beyond } = cut(rest, length, isBackwards);
    const ofSlice = await findInSlice(search, slice, wanted - found.length);
    if (!ofSlice) {
      length = shrunk(slice);
      continue;
    }
    const kept = ofSlice.slice(0, wanted - found.length);
    found.push(...kept);
    await onSlice?.(kept, isBackwards ? slice.startUnixNano : slice.endUnixNano);
    const most = search.attributes === 'true' ? maxGrowthOfCounted : maxGrowth;
    length *= growth(ofSlice.length, wanted - found.length, most);
    rest = beyond;
  }
  return found;
}

/** Probably enough, and not many times that: one query, whether what is searched comes every few minutes or hundreds of times a second. */
function firstLength({ nanoPerTrace }: Search, wanted: number): bigint {
  if (nanoPerTrace === 0n || !Number.isFinite(wanted)) return minuteNano;
  const enough = BigInt(wanted) * nanoPerTrace;
  return enough > leastSliceNano ? enough : leastSliceNano;
}

/** What is left of the time range behind the last page. */
export function beginOf({ query, snapshot, position }: Search): TimeRange | undefined {
  const { startUnixNano, endUnixNano } = snapshot.range;
  if (!position) return snapshot.range;
  if (query.order === 'newest') return { startUnixNano, endUnixNano: position.key };
  return query.order === 'oldest' ? { startUnixNano: position.key, endUnixNano } : snapshot.range;
}

function cut(
  { startUnixNano: low, endUnixNano: high }: TimeRange,
  length: bigint,
  fromEnd: boolean,
): { slice: TimeRange; beyond?: TimeRange } {
  if (high - low < length) return { slice: { startUnixNano: low, endUnixNano: high } };
  if (fromEnd) {
    const slice = { startUnixNano: high - length + 1n, endUnixNano: high };
    return { slice, beyond: { startUnixNano: low, endUnixNano: high - length } };
  }
  const slice = { startUnixNano: low, endUnixNano: low + length - 1n };
  return { slice, beyond: { startUnixNano: low + length, endUnixNano: high } };
}

function shrunk({ startUnixNano, endUnixNano }: TimeRange): bigint {
  const length = (endUnixNano - startUnixNano + 1n) / shrinkage;
  return length > 0n ? length : 1n;
}

/** So that the next slice probably has what is missing, and not many times that. */
function growth(foundCount: number, missingCount: number, most: number): bigint {
  if (foundCount === 0) return BigInt(most);
  return BigInt(Math.min(most, Math.max(1, Math.ceil((1.5 * missingCount) / foundCount))));
}
