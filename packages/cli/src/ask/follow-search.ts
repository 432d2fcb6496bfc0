import type { TraceSummary } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';

const pollMs = 1_000;
/** A span is found by its start, and comes when it has ended: so far back is looked again. */
const lookBackMs = 300_000;
const pageTraces = 200;

/** Hands on each trace that begins to match from now on, once, the earliest first. Ends when it is stopped. */
export async function followSearch(
  api: BackendApi,
  query: string,
  onTrace: (trace: TraceSummary) => void,
  stopped: AbortSignal,
): Promise<void> {
  const seen = new Map<string, number>();
  const beganMs = Date.now();
  for (const { traceId } of await newest(api, query, beganMs - lookBackMs)) seen.set(traceId, beganMs);
  while (!stopped.aborted) {
    await pause(stopped);
    const nowMs = Date.now();
    const found = await newest(api, query, nowMs - lookBackMs);
    for (const trace of found.reverse()) {
      if (!seen.has(trace.traceId)) onTrace(trace);
      seen.set(trace.traceId, nowMs);
    }
    forgetBefore(seen, nowMs - lookBackMs);
  }
}

async function newest(api: BackendApi, q: string, startMs: number): Promise<TraceSummary[]> {
  const start = new Date(startMs).toISOString();
  return (await api.search({ q, start, limit: String(pageTraces) })).traces;
}

/** What is no longer found need not be known. */
function forgetBefore(seen: Map<string, number>, limitMs: number): void {
  for (const [traceId, lastMs] of seen) if (lastMs < limitMs) seen.delete(traceId);
}

function pause(stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pollMs);
    stopped.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
