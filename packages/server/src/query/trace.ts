import { setImmediate } from 'node:timers/promises';
import type { TracesData } from '@sightline/wire';
import type { Block, ReadableStore } from '../store/store.ts';
import { InvalidParameter } from './invalid-parameter.ts';
import { type Place, placesOf } from './places.ts';
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
  for (const { block, places } of usual) await addRows(traces, withOthers(block), places, block);
  if (usual.every(({ block }) => isAllOfEach(block))) return traces;
  const others = await readColumns<SpanColumns>(store, traceIds, spanColumns, 'AND has_more != 0');
  for (const { block, places } of others) await addRows(traces, block, places);
  return traces;
}

interface Placed<Columns> {
  block: Block<Columns>;
  /** Of each row; undefined for a span that was deleted meanwhile. */
  places: readonly (Place | undefined)[];
}

async function readColumns<Columns extends Pick<SpanColumns, 'place_hash'>>(
  store: ReadableStore,
  traceIds: readonly string[],
  columns: string,
  more = '',
): Promise<Placed<Columns>[]> {
  const [traceId] = traceIds;
  // A set of one, made by a query within the query, would be a fifth of the CPU.
  const isOne = traceIds.length === 1;
  const condition = `${isOne ? isTraceId : inTraceIds} ${more}`;
  const values = isOne ? { traceId } : { traceIds };
  const blocks = await store.queryBlocks<Columns>(`SELECT ${columns} FROM spans PREWHERE ${condition}`, values);
  const places = await placesOf(store, blocks, condition, values);
  return blocks.map((block, index) => ({ block, places: places[index] ?? [] }));
}

const isTraceId = 'trace_id = toFixedString(unhex({traceId:String}), 16)';

/** The event loop gets a turn after so many spans. */
const sliceSpans = 2000;

/** @param usual the block as it was read, where only usual columns were: other rows are not added */
async function addRows(
  traces: Map<string, StoredTrace>,
  { columns, rowCount }: Block<SpanColumns>,
  places: Placed<SpanColumns>['places'],
  usual?: Block<UsualColumns>,
): Promise<void> {
  let trace: StoredTrace | undefined;
  for (let row = 0; row < rowCount; row++) {
    if (row % sliceSpans === sliceSpans - 1) await setImmediate();
    if (row === 0 || !columns.trace_id.isSame(row, row - 1)) trace = undefined;
    const place = places[row];
    if (!place || (usual && !isAll(usual, row))) continue;
    trace ??= traceIn(traces, columns.trace_id.at(row));
    trace.add(columns, row, place, usual !== undefined);
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
