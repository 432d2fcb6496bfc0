import type { TraceSummary } from '@sightline/wire';
import type { Block, Column, HexColumn, LongColumn, ReadableStore } from '../store/store.ts';
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
  spanCount: number;
  errorCount: number;
  firstStart: bigint;
  lastStart: bigint;
  end: bigint;
  /** The span to name the trace by, if this service has it. */
  head: Head;
}

/** A root before others, then the earliest. */
interface Head {
  isRoot: boolean;
  start: bigint;
  spanId: string;
  name: string;
}

/**
 * Finds traces by a list of ids, bound as `traceIds`. A FixedString and not a String, because that would lose
 * an id's zeros at its end.
 */
export const inTraceIds = 'spans.trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))';

/** A span that was sent twice, as exporters may after a lost answer, is one span. */
export const oneSpan: string = '(span_id, kind, start_unix_nano)';

/** What a trace is summarized from, of its spans. */
export interface SummaryColumns {
  trace_id: HexColumn;
  span_id: HexColumn;
  parent_span_id: HexColumn;
  service_name: Column<string>;
  name: Column<string>;
  kind: Column<number>;
  status_code: Column<number>;
  start_unix_nano: LongColumn;
  end: LongColumn;
}

/** For a SELECT that gives `SummaryColumns`. */
export const summaryColumns = `trace_id, span_id, parent_span_id, service_name, name, kind, status_code, start_unix_nano,
  start_unix_nano + duration_nano AS end`;

/** Of spans: what more traces have is added up by ClickHouse, which takes 4 ms longer to begin with it. */
const spansPerTrace = 250;
const mostSpans = 10_000;

/** @returns so many spans of `traceCount` traces, or one more, are read to summarize them here */
export function spansToRead(traceCount: number): number {
  return Math.min(mostSpans, traceCount * spansPerTrace);
}

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
  const values = { ...parameters.values, traceIds };
  const limit = spansToRead(traceIds.length) + 1;
  const blocks = await store.queryBlocks<SummaryColumns>(
    `SELECT ${summaryColumns} FROM spans PREWHERE ${inTraceIds} AND ${visible} LIMIT ${limit} ${oneThread}`,
    values,
  );
  if (rowsIn(blocks) < limit) return summarizeHere(blocks);
  const parts = await store.query<PartRow>(
    `SELECT lower(hex(trace_id)) AS traceId, service_name AS service,
       uniqExact(${oneSpan}) AS spanCount, uniqExactIf(${oneSpan}, status_code = 2) AS errorCount,
       min(start_unix_nano) AS firstStart, max(start_unix_nano) AS lastStart,
       max(greatest(start_unix_nano, end_unix_nano)) AS end,
       min((parent_span_id != unhex('0000000000000000'), start_unix_nano, lower(hex(span_id)), toString(name))) AS head
     FROM spans
     WHERE ${inTraceIds} AND ${visible}
     GROUP BY trace_id, service_name ${oneThread}`,
    values,
  );
  return joinAll(parts.map(partOf));
}

export function rowsIn(blocks: readonly Block<unknown>[]): number {
  return blocks.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** As `JSONEachRow` gives it. */
interface PartRow {
  traceId: string;
  service: string;
  spanCount: string;
  errorCount: string;
  firstStart: string;
  lastStart: string;
  end: string;
  head: [isChild: number, start: string, spanId: string, name: string];
}

function partOf(row: PartRow): Part {
  const [isChild, start, spanId, name] = row.head;
  return {
    traceId: row.traceId,
    service: row.service,
    spanCount: Number(row.spanCount),
    errorCount: Number(row.errorCount),
    firstStart: BigInt(row.firstStart),
    lastStart: BigInt(row.lastStart),
    end: BigInt(row.end),
    head: { isRoot: Number(isChild) === 0, start: BigInt(start), spanId, name },
  };
}

/** @param blocks all spans of the traces, in any order */
export function summarizeHere(blocks: readonly Block<SummaryColumns>[]): Map<string, WholeTrace> {
  const parts = new Map<string, { part: Extent; spans: Set<string>; errors: Set<string> }>();
  for (const { columns, rowCount } of blocks) {
    for (let row = 0; row < rowCount; row++) {
      const span = extentOf(columns, row);
      const place = `${span.traceId} ${span.service}`;
      const known = parts.get(place) ?? { part: span, spans: new Set(), errors: new Set() };
      parts.set(place, known);
      const key = spanKey(columns, row);
      known.spans.add(key);
      if (columns.status_code.at(row) === 2) known.errors.add(key);
      widen(known.part, span);
    }
  }
  return joinAll(
    [...parts.values()].map(({ part, spans, errors }) => ({ ...part, spanCount: spans.size, errorCount: errors.size })),
  );
}

/** The same for rows of what `oneSpan` calls one. */
export function spanKey({ span_id, kind, start_unix_nano }: SummaryColumns, row: number): string {
  return `${span_id.at(row)} ${kind.at(row)} ${start_unix_nano.at(row)}`;
}

type Extent = Omit<Part, 'spanCount' | 'errorCount'>;

function extentOf(columns: SummaryColumns, row: number): Extent {
  const start = columns.start_unix_nano.exactly(row);
  return {
    traceId: columns.trace_id.at(row),
    service: columns.service_name.at(row),
    firstStart: start,
    lastStart: start,
    end: columns.end.exactly(row),
    head: {
      isRoot: columns.parent_span_id.isZero(row),
      start,
      spanId: columns.span_id.at(row),
      name: columns.name.at(row),
    },
  };
}

function widen(part: Extent, span: Extent): void {
  part.firstStart = least([part.firstStart, span.firstStart]);
  part.lastStart = greatest([part.lastStart, span.lastStart]);
  part.end = greatest([part.end, span.end]);
  if (compareHeads(span.head, part.head) < 0) part.head = span.head;
}

function joinAll(parts: readonly Part[]): Map<string, WholeTrace> {
  const byTrace = new Map<string, Part[]>();
  for (const part of parts) {
    const known = byTrace.get(part.traceId);
    if (known) known.push(part);
    else byTrace.set(part.traceId, [part]);
  }
  return new Map([...byTrace].map(([traceId, ofTrace]) => [traceId, joinParts(traceId, ofTrace)]));
}

function joinParts(traceId: string, parts: Part[]): WholeTrace {
  const start = least(parts.map((part) => part.firstStart));
  const end = greatest(parts.map((part) => part.end));
  const headed = parts.reduce((best, part) => (compareHeads(part.head, best.head) < 0 ? part : best));
  const sum = (count: (part: Part) => number): number => parts.reduce((total, part) => total + count(part), 0);
  return {
    summary: {
      traceId,
      rootServiceName: headed.service,
      rootSpanName: headed.head.name,
      hasRoot: headed.head.isRoot,
      startUnixNano: String(start),
      durationNano: String(end - start),
      spanCount: sum((part) => part.spanCount),
      errorCount: sum((part) => part.errorCount),
      services: parts
        .map(({ service, spanCount, errorCount }) => ({ name: service, spanCount, errorCount }))
        .sort((a, b) => b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1)),
    },
    firstStartUnixNano: start,
    lastStartUnixNano: greatest(parts.map((part) => part.lastStart)),
  };
}

function compareHeads(a: Head, b: Head): number {
  if (a.isRoot !== b.isRoot) return a.isRoot ? -1 : 1;
  if (a.start !== b.start) return a.start < b.start ? -1 : 1;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId ? -1 : 1;
  return a.name < b.name ? -1 : Number(a.name > b.name);
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
