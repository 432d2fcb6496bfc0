import type { Search } from './prepare-search.ts';
import { oneThread } from './threads.ts';
import { inTraceIds, oneSpan } from './trace-summaries.ts';

/** What of a trace matches a search. */
export interface Matches {
  spanCount: number;
  firstStartUnixNano: bigint;
}

/** @returns by trace id; a trace without a matching span is left out */
export async function findMatches(search: Search, traceIds: readonly string[]): Promise<Map<string, Matches>> {
  if (traceIds.length === 0) return new Map();
  const { store, columns, attributes, visible, parameters } = search;
  const rows = await store.query<{ traceId: string; spanCount: string; firstStart: string }>(
    `SELECT lower(hex(trace_id)) AS traceId, uniqExact(${oneSpan}) AS spanCount, min(start_unix_nano) AS firstStart
     FROM spans PREWHERE ${inTraceIds} AND ${columns} AND ${visible} WHERE ${attributes}
     GROUP BY trace_id ${oneThread}`,
    { ...parameters.values, traceIds },
  );
  return new Map(
    rows.map(({ traceId, spanCount, firstStart }) => [
      traceId,
      { spanCount: Number(spanCount), firstStartUnixNano: BigInt(firstStart) },
    ]),
  );
}
