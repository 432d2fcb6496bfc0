/** The thread that turns segments into batches: nothing else has to wait for that work. */
import { platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { ShardFilter } from '../encode/shard-filter.ts';
import { type SpanBatch, SpanEncoder } from '../encode/span-encoder.ts';
import { threadCpuSeconds } from '../metrics.ts';
import { answerCalls, Moved } from './thread-calls.ts';

/** What the thread is started with. */
export interface EncoderData {
  /** Whose batches they are, of all that share the store. */
  writer: number;
}

/** Of the niceness that Linux, and only Linux, has for each thread: who waits for an answer goes before what has been acknowledged. */
const niceness = 5;

if (platform() === 'linux') setPriority(niceness);

const encoder = new SpanEncoder((workerData as EncoderData).writer);

const methods = {
  /** @returns undefined where the payloads hold no span that is kept */
  encode(
    payloads: readonly Uint8Array[],
    receivedAtMs: number,
    filter: ShardFilter | undefined,
  ): Moved<Encoded> | undefined {
    for (const payload of payloads) encoder.append(payload, filter);
    if (encoder.spanCount === 0) return undefined;
    const batch = encoder.finish(receivedAtMs);
    const blocks = [batch.spans, batch.spanNames, batch.attributeKeys, batch.spanMetrics];
    return new Moved(
      { batch, cpuSeconds: threadCpuSeconds() },
      blocks.map(({ bytes }) => bytes.buffer),
    );
  },
};

export interface Encoded {
  batch: SpanBatch;
  /** Of the thread, since it began; undefined where that is not known. */
  cpuSeconds: number | undefined;
}

export type EncoderMethods = typeof methods;

if (parentPort) answerCalls(parentPort, methods);
