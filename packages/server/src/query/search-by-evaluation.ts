/** Searches whose conditions are about whole traces, in every order. */
import { type EvaluatedTrace, evaluateSlice, evaluateTraces } from './evaluated-traces.ts';
import type { Search } from './prepare-search.ts';
import type { FoundTrace } from './search.ts';
import { findByTime } from './search-by-time.ts';
import { comparePositions, type Position } from './search-cursor.ts';
import type { TimeRange } from './time-range.ts';
import { summarize } from './trace-summaries.ts';
import { spanSetsOf } from './traceql/span-sets.ts';

/** A slice's traces by the start of their first selected span. */
export async function findEvaluatedInSlice(
  search: Search,
  slice: TimeRange,
  wanted: number,
): Promise<FoundTrace[] | undefined> {
  const direction = search.query.order === 'newest' ? -1 : 1;
  const found: { position: Position; trace: EvaluatedTrace }[] = [];
  const isComplete = await evaluateSlice(search, slice, (trace) => {
    const position = { key: trace.firstStartUnixNano, traceId: trace.traceId };
    if (isBeyond(position, search.position, direction)) found.push({ position, trace });
  });
  if (!isComplete) return undefined;
  found.sort((a, b) => comparePositions(a.position, b.position) * direction);
  return describe(search, found.slice(0, wanted));
}

/** Orders that only whole traces have, so each that is found in the time range has to be looked at. */
export async function findEvaluatedByTrace(search: Search, wanted: number): Promise<FoundTrace[]> {
  const { order } = search.query;
  const direction = order === 'shortest' ? 1 : -1;
  const positions = await findByTime<Position>(search, Number.POSITIVE_INFINITY, async (_, slice) => {
    const ofSlice: Position[] = [];
    const isComplete = await evaluateSlice(search, slice, (trace) => {
      const position = { key: sortKey(order, trace), traceId: trace.traceId };
      if (isBeyond(position, search.position, direction)) ofSlice.push(position);
    });
    return isComplete ? ofSlice : undefined;
  });
  const page = positions.sort((a, b) => comparePositions(a, b) * direction).slice(0, wanted);
  const traces = await evaluateTraces(
    search,
    page.map(({ traceId }) => traceId),
  );
  const byId = new Map(traces.map((trace) => [trace.traceId, trace]));
  return describe(
    search,
    page.flatMap((position) => {
      const trace = byId.get(position.traceId);
      return trace ? [{ position, trace }] : [];
    }),
  );
}

function sortKey(order: Search['query']['order'], { spans }: EvaluatedTrace): bigint {
  if (order === 'most-spans') return BigInt(spans.length);
  if (order === 'most-errors') return BigInt(spans.filter(({ status }) => status === 2).length);
  return spans[0]?.trace.durationNano ?? 0n;
}

function isBeyond(position: Position, last: Position | undefined, direction: number): boolean {
  return last === undefined || comparePositions(position, last) * direction > 0;
}

async function describe(
  search: Search,
  found: readonly { position: Position; trace: EvaluatedTrace }[],
): Promise<FoundTrace[]> {
  const traceIds = found.map(({ position }) => position.traceId);
  const { traces } = await summarize(search.store, traceIds, {
    visible: search.visible,
    values: search.parameters.values,
  });
  return found.flatMap(({ position, trace }) => {
    const whole = traces.get(position.traceId);
    if (!whole) return [];
    const { matchedSpanCount } = trace;
    return [{ summary: { ...whole, matchedSpanCount, spanSets: spanSetsOf(search, trace.spansets) }, position }];
  });
}
