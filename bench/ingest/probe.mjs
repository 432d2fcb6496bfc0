import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { writeTraces } from '../store/built.mjs';

/** Sends single spans, and looks for each as soon as it is acknowledged. */
export async function probe(addresses, count) {
  const waitsMs = [];
  for (let i = 0; i < count; i++) {
    const traceId = randomBytes(16).toString('hex');
    const now = `${Date.now()}000000`;
    const span = { traceId, spanId: traceId.slice(0, 16), name: 'probe', startTimeUnixNano: now, endTimeUnixNano: now };
    const answer = await fetch(`${addresses.otlpHttp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: writeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const answeredMs = performance.now();
    while (!(await fetch(`${addresses.http}/api/v1/traces/${traceId}`)).ok) await setTimeout(10);
    waitsMs.push(performance.now() - answeredMs);
    await setTimeout(200);
  }
  waitsMs.sort((a, b) => a - b);
  return { p50Ms: waitsMs[count >> 1], mostMs: waitsMs.at(-1) };
}
