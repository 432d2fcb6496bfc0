/** A page's part of a slice of the time range: what is asked for, and what comes of it. */
import type { Matches } from './matches.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import type { Position } from './search-cursor.ts';
import { sliceValues } from './slice-sql.ts';
import type { TimeRange } from './time-range.ts';
import type { Summaries } from './trace-summaries.ts';

/** Of a slice, the traces behind a place in its order. */
export interface Page {
  slice: TimeRange;
  after: Position | undefined;
  limit: number;
  /** Where attributes are looked at: if more are to be read, none is, and it is a `query-too-expensive`. */
  mostRows?: number | undefined;
}

export interface PageTraces {
  /** Those whose place is in this slice. */
  kept: FoundTrace[];
  candidateCount: number;
  /** Where the next page begins. */
  last: Position | undefined;
}

export interface PageSql {
  direction: string;
  /** A HAVING for traces of which only spans in the slice are looked at. */
  beyond: string;
  values: Record<string, unknown>;
}

export function pageSql({ query }: Search, { slice, after, limit }: Page): PageSql {
  const [direction, comparison] = query.order === 'newest' ? ['DESC', '<'] : ['ASC', '>'];
  const position = '({afterKey:UInt64}, toFixedString(unhex({afterId:String}), 16))';
  return {
    direction,
    beyond: after ? `HAVING (min(start_unix_nano), trace_id) ${comparison} ${position}` : '',
    values: {
      ...sliceValues(slice),
      ...(after ? { afterKey: String(after.key), afterId: after.traceId } : {}),
      limit,
    },
  };
}

/** A trace as far as it matches. */
export interface Candidate {
  /** By its first match in the slice. */
  position: Position;
  matches: Matches;
}

/** @param candidates in the order of the slice, with what matches of the whole trace: whose first match is in another slice has its place there */
export function placedInSlice(
  candidates: readonly Candidate[],
  { traces, firstSpans }: Pick<Summaries, 'traces' | 'firstSpans'>,
): PageTraces {
  const kept = candidates.flatMap(({ position, matches }) => {
    const trace = traces.get(position.traceId);
    if (!trace || matches.firstStartUnixNano !== position.key) return [];
    const summary = { ...trace, matchedSpanCount: matches.spanCount };
    return [{ summary, position, firstSpans: firstSpans.get(position.traceId) }];
  });
  return { kept, candidateCount: candidates.length, last: candidates.at(-1)?.position };
}
