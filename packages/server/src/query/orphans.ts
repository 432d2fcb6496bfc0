import type { ReadableStore } from '../store/store.ts';
import { inTraceIds, oneSpan } from './trace-summaries.ts';

/** How many spans have a parent that is not in their trace. @returns by trace id; one without such spans is left out */
export async function findOrphanCounts(
  store: ReadableStore,
  traceIds: readonly string[],
): Promise<Map<string, number>> {
  if (traceIds.length === 0) return new Map();
  const rows = await store.query<{ traceId: string; spanCount: string }>(
    `SELECT lower(hex(trace_id)) AS traceId, uniqExact(${oneSpan}) AS spanCount FROM spans
     WHERE ${inTraceIds} AND parent_span_id != unhex('0000000000000000')
       AND (trace_id, parent_span_id) NOT IN (SELECT trace_id, span_id FROM spans WHERE ${inTraceIds})
     GROUP BY trace_id`,
    { traceIds },
  );
  return new Map(rows.map(({ traceId, spanCount }) => [traceId, Number(spanCount)]));
}
