import { type TracesData, writeTraces } from '@sightline/wire';
import type { BlockFile } from '../encode/block-files.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { inFiles } from './encoder.fixture.ts';

/** Of most batches: 2025-11-22. */
export const receivedAtMs: number = 1_763_800_000_123;

/** A large batch is made of payloads of so many spans, as a writer's is, which repeat. */
const payloadSpans = 2_000;

/** Spans of one service that are failed and last a nanosecond, with a number that no double has. */
export function batchOf(spanCount: number, receivedMs: number = receivedAtMs, service = 'cart'): SpanBatch<BlockFile> {
  const encoder = new SpanEncoder();
  const whole = payloadOf(Math.min(spanCount, payloadSpans), service);
  for (let left = spanCount; left > 0; left -= payloadSpans) {
    encoder.append(left >= payloadSpans ? whole : payloadOf(left, service));
  }
  return inFiles(encoder.finish(receivedMs));
}

function payloadOf(spanCount: number, service: string): Uint8Array {
  const spans = Array.from({ length: spanCount }, (_, i) => ({
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: `work ${i % 3}`,
    startTimeUnixNano: '1763800000000000000',
    endTimeUnixNano: '1763800000000000001',
    attributes: [{ key: 'answer', value: { intValue: '9007199254740993' } }],
    status: { code: 2 as const },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  const traces: TracesData = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
  return writeTraces(traces);
}
