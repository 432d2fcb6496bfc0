import { Processes, traceOf } from './shop.mjs';

export const largeTraceId = '5a'.repeat(16);
const rootSpanId = '5a'.repeat(8);
const requestSpans = 500;

/**
 * One trace of very many spans, of a shop's nightly job say: all that a shop serves in ten minutes, below one root.
 * @returns TracesData[] @param startNano bigint
 */
export function largeTrace(spanCount, startNano) {
  const processes = new Processes(requestSpans);
  for (let trace = 0, count = 0; count < spanCount; trace++) {
    const start = startNano + (600_000_000_000n * BigInt(count)) / BigInt(spanCount);
    for (const span of traceOf(trace, start).slice(0, spanCount - count)) processes.add(within(span, count++ === 0));
  }
  processes.flush();
  return processes.requests;
}

function within(span, isRoot) {
  const own = { ...span, traceId: largeTraceId };
  if (isRoot) return { ...own, spanId: rootSpanId };
  return { ...own, parentSpanId: span.parentSpanId ?? rootSpanId };
}
