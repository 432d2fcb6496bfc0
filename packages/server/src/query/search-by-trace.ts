/**
 * Longest, shortest, most spans, most errors: orders that only whole traces have, so every
 * matching trace has to be added up. Few of them are looked up by id, with the index; for many,
 * the spans around the time range are read through.
 */
import type { TraceOrder } from '@sightline/wire';
import { findMatches } from './matches.ts';
import { findTraceIds } from './matching-trace-ids.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { before } from './time-range.ts';
import { inTraceIds, oneSpan, summarize } from './trace-summaries.ts';

const keys: Record<Exclude<TraceOrder, 'newest' | 'oldest'>, { sql: string; direction: 'ASC' | 'DESC' }> = {
  longest: { sql: 'max(greatest(start_unix_nano, end_unix_nano)) - min(start_unix_nano)', direction: 'DESC' },
  shortest: { sql: 'max(greatest(start_unix_nano, end_unix_nano)) - min(start_unix_nano)', direction: 'ASC' },
  'most-spans': { sql: `uniqExact(${oneSpan})`, direction: 'DESC' },
  'most-errors': { sql: `uniqExactIf(${oneSpan}, status_code = 2)`, direction: 'DESC' },
};

/** So many ids are looked up one by one. */
const fewTraces = 2000;
/** How far a trace may reach out of the time range for its spans there to count in the order, where it is one of many. */
const reachNano = 24n * 3_600_000_000_000n;

export async function findByTrace(search: Search, wanted: number): Promise<FoundTrace[]> {
  const few = await findFew(search);
  const positions = few?.length === 0 ? [] : await sortTraces(search, few, wanted);
  const traceIds = positions.map((position) => position.traceId);
  const { store, visible, parameters, firstSpans } = search;
  const [summaries, matches] = await Promise.all([
    summarize(store, traceIds, { visible, firstSpans, values: parameters.values }),
    findMatches(search, traceIds),
  ]);
  return positions.flatMap(({ traceId, key }) => {
    const trace = summaries.traces.get(traceId);
    if (!trace) return [];
    const matchedSpanCount = matches.get(traceId)?.spanCount ?? 0;
    const position = { traceId, key: BigInt(key) };
    return [{ summary: { ...trace, matchedSpanCount }, position, firstSpans: summaries.firstSpans.get(traceId) }];
  });
}

/** @returns undefined where the matching traces are many */
async function findFew(search: Search): Promise<string[] | undefined> {
  const traceIds = await findTraceIds(search, search, fewTraces);
  return traceIds.length > fewTraces ? undefined : traceIds;
}

async function sortTraces(
  search: Search,
  few: string[] | undefined,
  limit: number,
): Promise<{ traceId: string; key: string }[]> {
  const { store, query, snapshot, position, visible, parameters } = search;
  const { sql, direction } = keys[query.order as keyof typeof keys];
  const { where, having } = few ? { where: inTraceIds, having: 'true' } : amongMany(search);
  const comparison = direction === 'DESC' ? '<' : '>';
  const beyond = position ? `(key, traceId) ${comparison} ({afterKey:UInt64}, {afterId:String})` : 'true';
  return store.query<{ traceId: string; key: string }>(
    `SELECT lower(hex(trace_id)) AS traceId, toUInt64(${sql}) AS key
     FROM spans WHERE ${where} AND ${visible}
     GROUP BY trace_id HAVING ${having} AND ${beyond}
     ORDER BY key ${direction}, traceId ${direction} LIMIT {limit:UInt32}
     ${few ? '' : 'SETTINGS use_index_for_in_with_subqueries = 0'}`,
    {
      ...parameters.values,
      ...(few ? { traceIds: few } : reach(snapshot.range)),
      ...(position ? { afterKey: String(position.key), afterId: position.traceId } : {}),
      limit,
    },
  );
}

/** Plain columns are looked at on the way, in half the time; attributes take too long to read beyond the time range. */
function amongMany({ columns, attributes, visible }: Search): { where: string; having: string } {
  const within = 'start_unix_nano BETWEEN {reachStart:UInt64} AND {reachEnd:UInt64}';
  if (attributes === 'true') return { where: within, having: `countIf(${columns}) > 0` };
  const matching = `SELECT trace_id FROM spans PREWHERE ${columns} AND ${visible} WHERE ${attributes}`;
  return { where: `${within} AND trace_id IN (${matching})`, having: 'true' };
}

function reach({ startUnixNano, endUnixNano }: Search['snapshot']['range']): { reachStart: string; reachEnd: string } {
  const latest = endUnixNano + reachNano;
  const max = 2n ** 64n - 1n;
  return { reachStart: String(before(startUnixNano, reachNano)), reachEnd: String(latest < max ? latest : max) };
}
