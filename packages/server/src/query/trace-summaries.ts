import type { TraceSummary } from '@sightline/wire';
import type { Block, Column, HexColumn, LongColumn, ReadableStore } from '../store/store.ts';
import { sharedByGranules } from './threads.ts';
import type { FactsBlock, FirstSpans, FirstSpansColumn } from './traceql/first-spans.ts';

/** A trace without what a search has to do with it. */
type TraceOutline = Omit<TraceSummary, 'matchedSpanCount'>;

/** By trace id. */
export type TraceOutlines = Map<string, TraceOutline>;

/** A service's part of a trace. */
interface Part {
  traceId: string;
  service: string;
  spanCount: number;
  errorCount: number;
  firstStart: bigint;
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

export interface SummaryRows {
  /** SQL that is true for a row that counts at all. */
  visible: string;
  /** The same for those that `havingOther` is about; default: none. */
  other?: string;
  /** What is wanted of spans themselves. */
  firstSpans?: FirstSpansColumn | undefined;
  /** Of parameters in them. */
  values: Readonly<Record<string, unknown>>;
}

export interface Summaries {
  traces: TraceOutlines;
  /** Ids of those that have a span of which that was asked. */
  havingOther: string[];
  /** Where they are wanted, of traces that are few spans. */
  firstSpans: FirstSpans;
}

export async function summarize(
  store: ReadableStore,
  traceIds: readonly string[],
  rows: SummaryRows,
): Promise<Summaries> {
  const large = await knownLarge(store);
  const isKnown = (traceId: string): boolean => large.has(traceId);
  const [some, others] = await Promise.all([
    // To read some spans of each would be for nothing.
    summarizeBySize(store, traceIds.filter(isKnown), rows),
    summarizeFew(
      store,
      traceIds.filter((traceId) => !isKnown(traceId)),
      rows,
    ),
  ]);
  return {
    traces: new Map([...some.traces, ...others.traces]),
    havingOther: [...some.havingOther, ...others.havingOther],
    firstSpans: others.firstSpans,
  };
}

const none: Summaries = { traces: new Map(), havingOther: [], firstSpans: new Map() };

/** Of traces that may turn out not to be few spans after all. */
async function summarizeFew(store: ReadableStore, traceIds: readonly string[], rows: SummaryRows): Promise<Summaries> {
  if (traceIds.length === 0) return none;
  const limit = spansToRead(traceIds.length) + 1;
  const blocks = await readSpans(store, traceIds, rows, limit);
  return rowsIn(blocks) < limit ? summariesOf(blocks, rows) : summarizeBySize(store, traceIds, rows);
}

type SpanBlock = Block<FactsBlock & { is_other: Column<number> }>;

function readSpans(
  store: ReadableStore,
  traceIds: readonly string[],
  { visible, other = 'false', firstSpans, values }: SummaryRows,
  limit: number,
): Promise<SpanBlock[]> {
  const columns = [summaryColumns, `toUInt8(${other}) AS is_other`, ...(firstSpans ? [firstSpans.sql] : [])];
  return store.queryBlocks(
    `SELECT ${columns.join(', ')} FROM spans PREWHERE ${inTraceIds} AND ${visible} LIMIT ${limit} ${sharedByGranules}`,
    { ...values, traceIds },
  );
}

function summariesOf(blocks: readonly SpanBlock[], { firstSpans }: SummaryRows): Summaries {
  const havingOther = new Set<string>();
  for (const { columns, rowCount } of blocks) {
    for (let row = 0; row < rowCount; row++)
      if (columns.is_other.at(row) === 1) havingOther.add(columns.trace_id.at(row));
  }
  return {
    traces: summarizeHere(blocks),
    havingOther: [...havingOther],
    firstSpans: firstSpans?.firstOf(blocks) ?? none.firstSpans,
  };
}

/** How many spans a trace has, and which. */
interface Size {
  traceId: string;
  rowCount: string;
  /** The same as long as these rows are its rows: others come with a later batch. Not of their ids, which take as long to read as all the rest. */
  digest: string;
  hasOther: number;
}

/** Spans of a trace that is worth remembering. */
const largeSpans = 2_000;
/** Of one search. */
const mostLarge = 20;
const largeAgeMs = 600_000;

/** Large traces are added up by ClickHouse, each once for as long as it has the same spans; the others here, or all at once by ClickHouse. */
async function summarizeBySize(
  store: ReadableStore,
  traceIds: readonly string[],
  rows: SummaryRows,
): Promise<Summaries> {
  if (traceIds.length === 0) return none;
  const { visible, other = 'false', values } = rows;
  const sizes = await store.query<Size>(
    `SELECT lower(hex(trace_id)) AS traceId, count() AS rowCount, sum(toUnixTimestamp64Milli(received_at)) AS digest,
       max(toUInt8(${other})) AS hasOther
     FROM spans PREWHERE ${inTraceIds} AND ${visible} GROUP BY trace_id`,
    { ...values, traceIds },
  );
  const large = sizes.filter(({ rowCount }) => Number(rowCount) >= largeSpans).slice(0, mostLarge);
  const others = sizes.filter((size) => !large.includes(size));
  await rememberLarge(store, large);
  const [some, ...parts] = await Promise.all([
    summarizeOthers(store, others, rows),
    ...large.map(({ traceId, rowCount, digest }) =>
      store.recall(`trace ${traceId} of ${rowCount} ${digest}`, largeAgeMs, (any) => addUp(any, [traceId], rows)),
    ),
  ]);
  return {
    traces: new Map([some.traces, ...parts].flatMap((traces) => [...traces])),
    havingOther: sizes.filter(({ hasOther }) => hasOther === 1).map(({ traceId }) => traceId),
    firstSpans: some.firstSpans,
  };
}

/** Ids of large traces that searches have found: more than are found again and again. */
const mostKnown = 1000;

function knownLarge(store: ReadableStore): Promise<Set<string>> {
  return store.recall('large traces', Number.POSITIVE_INFINITY, async () => new Set<string>());
}

async function rememberLarge(store: ReadableStore, large: readonly Size[]): Promise<void> {
  const known = await knownLarge(store);
  for (const { traceId } of large) if (known.size < mostKnown) known.add(traceId);
}

async function summarizeOthers(store: ReadableStore, sizes: Size[], rows: SummaryRows): Promise<Summaries> {
  if (sizes.length === 0) return none;
  const traceIds = sizes.map(({ traceId }) => traceId);
  const rowCount = sizes.reduce((sum, size) => sum + Number(size.rowCount), 0);
  if (rowCount > mostSpans) return { ...none, traces: await addUp(store, traceIds, rows) };
  return summariesOf(await readSpans(store, traceIds, rows, rowCount), rows);
}

async function addUp(
  store: ReadableStore,
  traceIds: readonly string[],
  { visible, values }: SummaryRows,
): Promise<TraceOutlines> {
  const parts = await store.query<PartRow>(
    `SELECT lower(hex(trace_id)) AS traceId, service_name AS service,
       uniqExact(${oneSpan}) AS spanCount, uniqExactIf(${oneSpan}, status_code = 2) AS errorCount,
       min(start_unix_nano) AS firstStart, max(greatest(start_unix_nano, end_unix_nano)) AS end,
       min((parent_span_id != unhex('0000000000000000'), start_unix_nano, lower(hex(span_id)), toString(name))) AS head
     FROM spans
     WHERE ${inTraceIds} AND ${visible}
     GROUP BY trace_id, service_name`,
    { ...values, traceIds },
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
    end: BigInt(row.end),
    head: { isRoot: Number(isChild) === 0, start: BigInt(start), spanId, name },
  };
}

/** @param blocks all spans of the traces, in any order */
export function summarizeHere(blocks: readonly Block<SummaryColumns>[]): TraceOutlines {
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
  part.end = greatest([part.end, span.end]);
  if (compareHeads(span.head, part.head) < 0) part.head = span.head;
}

function joinAll(parts: readonly Part[]): TraceOutlines {
  const byTrace = new Map<string, Part[]>();
  for (const part of parts) {
    const known = byTrace.get(part.traceId);
    if (known) known.push(part);
    else byTrace.set(part.traceId, [part]);
  }
  return new Map([...byTrace].map(([traceId, ofTrace]) => [traceId, joinParts(traceId, ofTrace)]));
}

function joinParts(traceId: string, parts: Part[]): TraceOutline {
  const start = least(parts.map((part) => part.firstStart));
  const end = greatest(parts.map((part) => part.end));
  const headed = parts.reduce((best, part) => (compareHeads(part.head, best.head) < 0 ? part : best));
  const sum = (count: (part: Part) => number): number => parts.reduce((total, part) => total + count(part), 0);
  return {
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
