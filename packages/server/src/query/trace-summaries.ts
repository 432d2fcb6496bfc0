import type { TraceSummary } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { oneThread } from './one-thread.ts';
import type { SqlParameters } from './sql-parameters.ts';

/** A trace without what a search has to do with it. */
export interface WholeTrace {
  summary: Omit<TraceSummary, 'matchedSpanCount'>;
  /** Earliest and latest start of a span. */
  firstStartUnixNano: bigint;
  lastStartUnixNano: bigint;
}

/** A service's part of a trace. */
interface Part {
  traceId: string;
  service: string;
  spanCount: string;
  errorCount: string;
  firstStart: string;
  lastStart: string;
  end: string;
  /** The span to name the trace by, if this service has it: a root before others, then the earliest. */
  head: [isChild: number, start: string, spanId: string, name: string];
}

/**
 * Finds traces by a list of ids, bound as `traceIds`. A FixedString and not a String, because that would lose
 * an id's zeros at its end.
 */
export const inTraceIds = 'spans.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))';

/** A span that was sent twice, as exporters may after a lost answer, is one span. */
export const oneSpan: string = '(span_id, kind, start_unix_nano)';

/**
 * @param visible SQL that is true for a row that counts at all
 * @param parameters with its values
 */
export async function summarize(
  store: ReadableStore,
  traceIds: readonly string[],
  visible: string,
  parameters: SqlParameters,
): Promise<Map<string, WholeTrace>> {
  if (traceIds.length === 0) return new Map();
  const parts = await store.query<Part>(
    `SELECT lower(hex(trace_id)) AS traceId, service_name AS service,
       uniqExact(${oneSpan}) AS spanCount, uniqExactIf(${oneSpan}, status_code = 2) AS errorCount,
       min(start_unix_nano) AS firstStart, max(start_unix_nano) AS lastStart,
       max(greatest(start_unix_nano, end_unix_nano)) AS end,
       min((parent_span_id != unhex('0000000000000000'), start_unix_nano, hex(span_id), toString(name))) AS head
     FROM spans
     WHERE ${inTraceIds} AND ${visible}
     GROUP BY trace_id, service_name ${oneThread}`,
    { ...parameters.values, traceIds },
  );
  const byTrace = new Map<string, Part[]>();
  for (const part of parts) {
    const known = byTrace.get(part.traceId);
    if (known) known.push(part);
    else byTrace.set(part.traceId, [part]);
  }
  return new Map([...byTrace].map(([traceId, ofTrace]) => [traceId, joinParts(traceId, ofTrace)]));
}

function joinParts(traceId: string, parts: Part[]): WholeTrace {
  const start = least(parts.map((part) => BigInt(part.firstStart)));
  const end = greatest(parts.map((part) => BigInt(part.end)));
  const headed = parts.reduce((best, part) => (compareHeads(part, best) < 0 ? part : best));
  const sum = (count: (part: Part) => string): number => parts.reduce((total, part) => total + Number(count(part)), 0);
  return {
    summary: {
      traceId,
      rootServiceName: headed.service,
      rootSpanName: headed.head[3],
      hasRoot: Number(headed.head[0]) === 0,
      startUnixNano: String(start),
      durationNano: String(end - start),
      spanCount: sum((part) => part.spanCount),
      errorCount: sum((part) => part.errorCount),
      services: parts
        .map((part) => ({
          name: part.service,
          spanCount: Number(part.spanCount),
          errorCount: Number(part.errorCount),
        }))
        .sort((a, b) => b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1)),
    },
    firstStartUnixNano: start,
    lastStartUnixNano: greatest(parts.map((part) => BigInt(part.lastStart))),
  };
}

function compareHeads({ head: a }: Part, { head: b }: Part): number {
  if (a[0] !== b[0]) return Number(a[0]) - Number(b[0]);
  if (a[1] !== b[1]) return BigInt(a[1]) < BigInt(b[1]) ? -1 : 1;
  return a[2] < b[2] ? -1 : 1;
}

function least(values: bigint[]): bigint {
  let result = values[0] ?? 0n;
  for (const value of values) if (value < result) result = value;
  return result;
}

function greatest(values: bigint[]): bigint {
  let result = values[0] ?? 0n;
  for (const value of values) if (value > result) result = value;
  return result;
}
