import { setImmediate } from 'node:timers/promises';
import type { TracesData } from '@sightline/wire';
import type { Block, ReadableStore } from '../store/store.ts';
import { InvalidParameter } from './invalid-parameter.ts';
import { type SpanColumns, spanColumns } from './span-row.ts';
import { StoredTrace } from './stored-trace.ts';
import { inTraceIds } from './trace-summaries.ts';
import { isAll, isAllOfEach, type UsualColumns, usualColumns, withOthers } from './usual-columns.ts';

/**
 * One whole trace as OTLP, with everything that came in; spans by start time, under their resource and
 * scope. A span that arrived twice, the same in every field, is given once.
 * @returns undefined where no span of it is known
 */
export async function findTrace(store: ReadableStore, traceId: string): Promise<TracesData | undefined> {
  return (await findTraces(store, [traceId])).get(traceId);
}

/** @returns by trace id; one of which no span is known is left out */
export async function findTraces(store: ReadableStore, traceIds: readonly string[]): Promise<Map<string, TracesData>> {
  const traces = new Map<string, TracesData>();
  for (const [traceId, stored] of await readTraces(store, traceIds)) traces.set(traceId, await stored.data());
  return traces;
}

/** The same for whoever hands it on as text. */
export async function readTrace(store: ReadableStore, traceId: string): Promise<StoredTrace | undefined> {
  return (await readTraces(store, [traceId])).get(traceId);
}

/** Spans that have something unusual are read once more, with all columns: they are few. */
async function readTraces(store: ReadableStore, traceIds: readonly string[]): Promise<Map<string, StoredTrace>> {
  const traces = new Map<string, StoredTrace>();
  if (traceIds.length === 0) return traces;
  const usual = await readColumns<UsualColumns>(store, traceIds, usualColumns);
  for (const block of usual) await addRows(traces, withOthers(block), block);
  if (usual.every(isAllOfEach)) return traces;
  const others = await readColumns<SpanColumns>(store, traceIds, spanColumns, 'AND has_more != 0');
  for (const block of others) await addRows(traces, block);
  return traces;
}

function readColumns<Columns>(
  store: ReadableStore,
  traceIds: readonly string[],
  columns: string,
  more = '',
): Promise<Block<Columns>[]> {
  const [traceId] = traceIds;
  // A set of one, made by a query within the query, would be a fifth of the CPU.
  return traceIds.length === 1
    ? store.queryBlocks(`SELECT ${columns} FROM spans PREWHERE ${isTraceId} ${more}`, { traceId })
    : store.queryBlocks(`SELECT ${columns} FROM spans PREWHERE ${inTraceIds} ${more}`, { traceIds });
}

const isTraceId = 'trace_id = toFixedString(unhex({traceId:String}), 16)';

/** The event loop gets a turn after so many spans. */
const sliceSpans = 2000;

/** @param usual the block as it was read, where only usual columns were: other rows are not added */
async function addRows(
  traces: Map<string, StoredTrace>,
  { columns, rowCount }: Block<SpanColumns>,
  usual?: Block<UsualColumns>,
): Promise<void> {
  let trace: StoredTrace | undefined;
  for (let row = 0; row < rowCount; row++) {
    if (row % sliceSpans === sliceSpans - 1) await setImmediate();
    if (row === 0 || !columns.trace_id.isSame(row, row - 1)) trace = undefined;
    if (usual && !isAll(usual, row)) continue;
    trace ??= traceIn(traces, columns.trace_id.at(row));
    trace.add(columns, row, usual !== undefined);
  }
}

function traceIn(traces: Map<string, StoredTrace>, traceId: string): StoredTrace {
  const trace = traces.get(traceId) ?? new StoredTrace();
  traces.set(traceId, trace);
  return trace;
}

/** 32 hex digits, or 16 as some clients write an id whose first half is zero. */
export function parseTraceId(text: string): string {
  if (/^([0-9a-f]{16}|[0-9a-f]{32})$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  throw new InvalidParameter(
    'invalid-trace-id',
    'traceId',
    `${JSON.stringify(text)} is not a trace id: give its 32 hex digits.`,
  );
}
