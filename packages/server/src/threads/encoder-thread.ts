/** The thread that turns segments into batches, from file to file: nothing else has to wait for that work, or to hold its bytes. */
import { platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { writeBatch } from '../encode/block-files.ts';
import type { ShardFilter } from '../encode/shard-filter.ts';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { threadCpuSeconds } from '../metrics.ts';
import { readSealed } from '../spool/read-sealed.ts';
import type { Segment } from '../spool/spool.ts';
import type { Encoded } from '../store/writer.ts';
import { answerCalls } from './thread-calls.ts';

/** What the thread is started with. */
export interface EncoderData {
  /** Whose batches they are, of all that share the store. */
  writer: number;
  /** Where the segments are. */
  spoolDirectory: string;
  /** For the blocks: nobody else writes there. */
  blockDirectory: string;
}

/** Of the niceness that Linux, and only Linux, has for each thread: who waits for an answer goes before what has been acknowledged. */
const niceness = 5;

if (platform() === 'linux') setPriority(niceness);

const { writer, spoolDirectory, blockDirectory } = workerData as EncoderData;
const encoder = new SpanEncoder(writer);

const methods = {
  async encode(segment: Segment, filter: ShardFilter | undefined): Promise<Encoded> {
    const { payloads, corrupt } = await readSealed(spoolDirectory, segment);
    // From here on nothing waits: the encoder is of one segment at a time.
    for (const payload of payloads) encoder.append(payload, filter);
    const isEmpty = encoder.spanCount === 0;
    const batch = isEmpty ? undefined : writeBatch(blockDirectory, encoder.finish(segment.number));
    return { batch, corrupt, cpuSeconds: threadCpuSeconds() };
  },
};

export type EncoderMethods = typeof methods;

if (parentPort) answerCalls(parentPort, methods);
