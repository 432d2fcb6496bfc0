/**
 * Traces that a query is about as a whole: how their spans lie to one another, how many there are. ClickHouse finds
 * the candidates, by what each span of the answer and the trace besides must fulfil; what of them is read, ids and what the query
 * names, is evaluated here. `docs/decisions/0015-traceql-by-sql-and-here.md` has why.
 */
import { findTraceIds } from './matching-trace-ids.ts';
import type { Search } from './prepare-search.ts';
import { inSlice, sliceValues } from './slice-sql.ts';
import type { TimeRange } from './time-range.ts';
import { inTraceIds } from './trace-summaries.ts';
import { readFacts, type SpanFacts } from './traceql/span-facts.ts';
import type { TracedSpan } from './traceql/span-values.ts';
import type { Spanset } from './traceql/spansets.ts';
import { tracedSpans } from './traceql/traced-spans.ts';

export interface EvaluatedTrace {
  traceId: string;
  /** All its spans, by start. */
  spans: readonly TracedSpan[];
  /** Of what the query selects, the spans in the time range. */
  spansets: Spanset[];
  firstStartUnixNano: bigint;
  matchedSpanCount: number;
}

/** So many are looked up one by one, wherever in time their spans are. */
const fewTraces = 64;
/** More candidates than this are not read at once. */
const maxCandidates = 2000;
const tracesPerQuery = 500;
/** How far spans of one of many traces may lie outside of what is looked at. */
const reachNano = 3_600_000_000_000n;

/** Those whose first selected span in the time range is in the slice. @returns undefined where the slice has too many candidates */
export async function evaluateSlice(
  search: Search,
  slice: TimeRange,
  onTrace: (trace: EvaluatedTrace) => void,
): Promise<boolean> {
  const candidates = await findCandidates(search, slice);
  if (!candidates) return false;
  const traceIds = candidates.length > fewTraces ? await narrow(search, slice, candidates) : candidates;
  for (let at = 0; at < traceIds.length; at += tracesPerQuery) {
    const some = traceIds.slice(at, at + tracesPerQuery);
    for (const trace of await evaluateTraces(search, some, traceIds.length > fewTraces ? slice : undefined)) {
      const { firstStartUnixNano: first } = trace;
      if (first >= slice.startUnixNano && first <= slice.endUnixNano) onTrace(trace);
    }
  }
  return true;
}

/** By the spans of the answer, or where those are too many, by what the trace must have besides. @returns undefined where both are */
async function findCandidates(search: Search, slice: TimeRange): Promise<string[] | undefined> {
  const find = (attributes: string, columns: string, reach?: bigint): Promise<string[]> => {
    const condition = { columns: `${inSlice} AND ${columns}`, attributes, values: sliceValues(slice, reach) };
    return findTraceIds(search, condition, maxCandidates);
  };
  const ofAnswer = await find(search.attributes, search.anyTime);
  // A slice of one nanosecond cannot be cut.
  if (ofAnswer.length <= maxCandidates || slice.endUnixNano === slice.startUnixNano) return ofAnswer;
  for (const required of requiredOf(search)) {
    const having = await find(required, 'true', reachNano);
    if (having.length <= maxCandidates) return having;
  }
  return undefined;
}

function requiredOf({ evaluation }: Search): string[] {
  return (evaluation?.required ?? []).filter((sql) => sql !== 'true');
}

/** To those that have a span for each thing that the query requires. */
async function narrow(search: Search, slice: TimeRange, traceIds: string[]): Promise<string[]> {
  const { store, visible, parameters } = search;
  const required = requiredOf(search);
  if (required.length === 0) return traceIds;
  const rows = await store.query<{ traceId: string }>(
    `SELECT lower(hex(trace_id)) AS traceId FROM spans
     WHERE ${inTraceIds} AND ${inSlice} AND ${visible}
     GROUP BY trace_id HAVING ${required.map((sql) => `countIf(${sql}) > 0`).join(' AND ')}`,
    { ...parameters.values, ...sliceValues(slice, reachNano), traceIds },
  );
  return rows.map(({ traceId }) => traceId);
}

/** Those that the query finds. @param around where given, spans far from it are left out */
export async function evaluateTraces(
  search: Search,
  traceIds: readonly string[],
  around?: TimeRange,
): Promise<EvaluatedTrace[]> {
  if (traceIds.length === 0) return [];
  const { store, visible, parameters, fields, places, wholeSpans } = search;
  const facts = await readFacts(store, {
    sql: `FROM spans WHERE ${inTraceIds} AND ${visible} ${around ? `AND ${inSlice}` : ''}`,
    values: { traceIds, ...(around ? sliceValues(around, reachNano) : {}) },
    parameters,
    fields,
    places,
    wholeSpans,
  });
  const byTrace = new Map<string, SpanFacts[]>();
  for (const span of facts) {
    const known = byTrace.get(span.traceId);
    if (known) known.push(span);
    else byTrace.set(span.traceId, [span]);
  }
  return [...byTrace.values()].flatMap((spans) => evaluate(search, tracedSpans(spans)) ?? []);
}

function evaluate({ evaluation, snapshot }: Search, spans: readonly TracedSpan[]): EvaluatedTrace | undefined {
  const { startUnixNano, endUnixNano } = snapshot.range;
  const isInRange = (span: TracedSpan): boolean =>
    span.startUnixNano >= startUnixNano && span.startUnixNano <= endUnixNano;
  const spansets = (evaluation?.run(spans) ?? []).flatMap((spanset) => {
    const within = spanset.spans.filter(isInRange);
    return within.length === 0 ? [] : [{ ...spanset, spans: within }];
  });
  const matched = new Set(spansets.flatMap((spanset) => spanset.spans));
  const [first] = [...matched].sort((a, b) => a.index - b.index);
  if (!first) return undefined;
  const { traceId, startUnixNano: firstStartUnixNano } = first;
  return { traceId, spans, spansets, firstStartUnixNano, matchedSpanCount: matched.size };
}
