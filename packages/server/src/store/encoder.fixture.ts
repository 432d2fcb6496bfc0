import { SpanEncoder } from '../encode/span-encoder.ts';
import type { WriterEncoder } from './writer.ts';

/** The encoder's work without its thread. */
export const encoderHere: WriterEncoder = {
  async encode(payloads, receivedAtMs, filter) {
    const spans = new SpanEncoder();
    for (const payload of payloads) spans.append(payload, filter);
    return spans.spanCount === 0 ? undefined : { batch: spans.finish(receivedAtMs), cpuSeconds: 0 };
  },
};
