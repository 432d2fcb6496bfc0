import { SpanEncoder, writeTraces } from './built.mjs';
import { requestOf } from './spans.mjs';

const batchSpans = 40_000;
const requestSpans = 1000;

/** Spans number `from` to `to`, through the writer's own code, in batches as a busy spool makes them. */
export async function fill(store, from, to) {
  const startMs = performance.now();
  let insertMs = 0;
  let receivedAtMs = Math.max(Date.now(), (await store.lastReceivedAtMs()) + 1);
  const encoder = new SpanEncoder();
  for (let at = from; at < to; at += batchSpans) {
    receivedAtMs++;
    for (let first = at; first < Math.min(at + batchSpans, to); first += requestSpans) {
      encoder.append(writeTraces(requestOf(first, requestSpans, to)));
    }
    const batch = encoder.finish(receivedAtMs);
    const beforeMs = performance.now();
    await store.insertSpans(batch);
    insertMs += performance.now() - beforeMs;
  }
  return { spans: to - from, insertSeconds: insertMs / 1000, totalSeconds: (performance.now() - startMs) / 1000 };
}
