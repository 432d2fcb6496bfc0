import { clearBlockDirectory } from '../encode/block-files.ts';
import type { ShardFilter } from '../encode/shard-filter.ts';
import type { Segment } from '../spool/spool.ts';
import type { Encoded, WriterEncoder } from '../store/writer.ts';
import type { EncoderData, EncoderMethods } from './encoder-thread.ts';
import { ServerThread } from './server-thread.ts';

/** The thread keeps what a large batch took, and some 10 MB of its own: not while nothing comes in. */
const defaultIdleMs = 60_000;

/** Segments of the spool → batches for the store, in a thread of its own, which is there while there is something to do. */
export class Encoder implements WriterEncoder {
  readonly #data: EncoderData;
  readonly #onCrash: (error: Error) => void;
  readonly #idleMs: number;
  #thread: ServerThread<EncoderMethods> | undefined;
  #running = 0;
  #idle: NodeJS.Timeout | undefined;
  /** Of this thread so far, and of those before it. */
  #cpuSeconds = 0;
  #earlierCpuSeconds = 0;

  /** @param onCrash nothing can be stored any more @param idleMs after which the thread ends */
  constructor(data: EncoderData, onCrash: (error: Error) => void, idleMs: number = defaultIdleMs) {
    this.#data = data;
    this.#onCrash = onCrash;
    this.#idleMs = idleMs;
    clearBlockDirectory(data.blockDirectory);
  }

  get isRunning(): boolean {
    return this.#thread !== undefined;
  }

  async encode(segment: Segment, filter?: ShardFilter): Promise<Encoded> {
    clearTimeout(this.#idle);
    this.#running++;
    try {
      this.#thread ??= new ServerThread(new URL('./encoder-thread.js', import.meta.url), this.#data, this.#onCrash);
      const encoded = await this.#thread.calls.call('encode', [segment, filter]);
      return { ...encoded, cpuSeconds: this.#total(encoded.cpuSeconds) };
    } finally {
      if (--this.#running === 0) this.#idle = setTimeout(() => this.stop(), this.#idleMs).unref();
    }
  }

  #total(cpuSeconds: number | undefined): number | undefined {
    if (cpuSeconds === undefined) return undefined;
    this.#cpuSeconds = cpuSeconds;
    return this.#earlierCpuSeconds + cpuSeconds;
  }

  /** What comes afterwards starts it again. */
  async stop(): Promise<void> {
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    this.#earlierCpuSeconds += this.#cpuSeconds;
    this.#cpuSeconds = 0;
    await thread?.stop();
  }
}
