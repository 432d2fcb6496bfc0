/** The thread that turns segments into batches: nothing else has to wait for that work. */
import { performance } from 'node:perf_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import type { ShardFilter } from '../encode/shard-filter.ts';
import { type SpanBatch, SpanEncoder } from '../encode/span-encoder.ts';
import { answerCalls, Moved } from './thread-calls.ts';

/** What the thread is started with. */
export interface EncoderData {
  /** Whose batches they are, of all that share the store. */
  writer: number;
}

const encoder = new SpanEncoder((workerData as EncoderData).writer);

const methods = {
  /** @returns undefined where the payloads hold no span that is kept */
  encode(
    payloads: readonly Uint8Array[],
    receivedAtMs: number,
    filter: ShardFilter | undefined,
  ): Moved<Encoded> | undefined {
    const startMs = performance.now();
    for (const payload of payloads) encoder.append(payload, filter);
    if (encoder.spanCount === 0) return undefined;
    const batch = encoder.finish(receivedAtMs);
    const blocks = [batch.spans, batch.spanNames, batch.attributeKeys, batch.spanMetrics];
    return new Moved(
      { batch, seconds: (performance.now() - startMs) / 1000 },
      blocks.map(({ bytes }) => bytes.buffer),
    );
  },
};

export interface Encoded {
  batch: SpanBatch;
  /** What it took. */
  seconds: number;
}

export type EncoderMethods = typeof methods;

if (parentPort) answerCalls(parentPort, methods);
