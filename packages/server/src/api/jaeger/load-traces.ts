import type { TraceSummary, TracesData } from '@sightline/wire';
import { findTrace, findTraces } from '../../query/trace.ts';
import type { ReadableStore } from '../../store/store.ts';
import { jaegerTraceNotFound } from './trace-id.ts';

/** What is in memory at once, unless a single trace is larger. */
const spansAtOnce = 10_000;
const tracesAtOnce = 50;

export interface LoadedTrace {
  traceId: string;
  trace: TracesData;
}

/** Whole traces in the order that they were found in, read no faster than they are taken. */
export async function* loadTraces(store: ReadableStore, found: readonly TraceSummary[]): AsyncGenerator<LoadedTrace> {
  for (const traceIds of groups(found)) yield* loadByIds(store, traceIds);
}

/** @throws NotFound */
export async function loadTrace(store: ReadableStore, traceId: string): Promise<TracesData> {
  const trace = await findTrace(store, traceId);
  if (trace) return trace;
  throw jaegerTraceNotFound();
}

/** Those that are there, in the order of their ids. */
export async function* loadByIds(store: ReadableStore, traceIds: readonly string[]): AsyncGenerator<LoadedTrace> {
  const traces = await findTraces(store, traceIds);
  for (const traceId of traceIds) {
    const trace = traces.get(traceId);
    if (trace) yield { traceId, trace };
  }
}

function* groups(found: readonly TraceSummary[]): Generator<string[]> {
  let group: string[] = [];
  let spans = 0;
  for (const { traceId, spanCount } of found) {
    if (group.length === tracesAtOnce || (group.length > 0 && spans + spanCount > spansAtOnce)) {
      yield group;
      group = [];
      spans = 0;
    }
    group.push(traceId);
    spans += spanCount;
  }
  if (group.length > 0) yield group;
}
