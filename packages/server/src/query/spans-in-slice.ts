/**
 * The traces that have a span which fulfils the conditions, within a slice of the time range, by the start of their first
 * such span. A slice knows only its own spans. So a trace that reaches out of it is looked at as a whole, and kept
 * only if its first matching span is the one found: otherwise its place is in another slice.
 */
import { findMatches, type Matches } from './matches.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import type { Position } from './search-cursor.ts';
import type { TimeRange } from './time-range.ts';
import { oneSpan, summarize, type WholeTrace } from './trace-summaries.ts';

/** Read beyond what is wanted, for traces that turn out to belong elsewhere. */
const spare = 20;

export async function findSpansInSlice(search: Search, slice: TimeRange, wanted: number): Promise<FoundTrace[]> {
  const found: FoundTrace[] = [];
  let after = search.position;
  let candidates: Candidate[];
  do {
    candidates = await findInSlice(search, slice, after, wanted + spare);
    for (let at = 0; at < candidates.length && found.length < wanted; ) {
      const some = candidates.slice(at, at + wanted - found.length);
      found.push(...(await keepFirstMatches(search, slice, some)));
      at += some.length;
    }
    after = candidates.at(-1)?.position;
  } while (found.length < wanted && candidates.length === wanted + spare);
  return found;
}

/** A trace as far as it matches within a slice. */
interface Candidate {
  position: Position;
  matches: Matches;
}

async function findInSlice(
  { store, query, anyTime, attributes, visible, parameters }: Search,
  slice: TimeRange,
  after: Position | undefined,
  limit: number,
): Promise<Candidate[]> {
  const [direction, comparison] = query.order === 'newest' ? ['DESC', '<'] : ['ASC', '>'];
  const beyond = after ? `HAVING (key, traceId) ${comparison} ({afterKey:UInt64}, {afterId:String})` : '';
  const rows = await store.query<{ traceId: string; key: string; spanCount: string }>(
    `SELECT lower(hex(trace_id)) AS traceId, min(start_unix_nano) AS key, uniqExact(${oneSpan}) AS spanCount
     FROM spans
     PREWHERE start_unix_nano BETWEEN {sliceStart:UInt64} AND {sliceEnd:UInt64} AND ${anyTime} AND ${visible}
     WHERE ${attributes}
     GROUP BY trace_id ${beyond}
     ORDER BY key ${direction}, traceId ${direction} LIMIT {limit:UInt32}`,
    {
      ...parameters.values,
      sliceStart: String(slice.startUnixNano),
      sliceEnd: String(slice.endUnixNano),
      ...(after ? { afterKey: String(after.key), afterId: after.traceId } : {}),
      limit,
    },
  );
  return rows.map(({ traceId, key, spanCount }) => ({
    position: { traceId, key: BigInt(key) },
    matches: { spanCount: Number(spanCount), firstStartUnixNano: BigInt(key) },
  }));
}

async function keepFirstMatches(search: Search, slice: TimeRange, candidates: Candidate[]): Promise<FoundTrace[]> {
  const traceIds = candidates.map(({ position }) => position.traceId);
  const traces = await summarize(search.store, traceIds, search.visible, search.parameters);
  const reachingOut = traceIds.filter((traceId) => reachesOut(traces.get(traceId), slice, search.snapshot.range));
  const matchesOfWhole = await findMatches(search, reachingOut);
  return candidates.flatMap(({ position, matches: inSlice }) => {
    const trace = traces.get(position.traceId);
    const matches = matchesOfWhole.get(position.traceId) ?? inSlice;
    if (!trace || matches.firstStartUnixNano !== position.key) return [];
    return [{ summary: { ...trace.summary, matchedSpanCount: matches.spanCount }, position }];
  });
}

/** To where its spans could match: within the time range. */
function reachesOut(trace: WholeTrace | undefined, slice: TimeRange, range: TimeRange): boolean {
  if (trace === undefined) return false;
  const isBefore = slice.startUnixNano > range.startUnixNano && trace.firstStartUnixNano < slice.startUnixNano;
  return isBefore || (slice.endUnixNano < range.endUnixNano && trace.lastStartUnixNano > slice.endUnixNano);
}
