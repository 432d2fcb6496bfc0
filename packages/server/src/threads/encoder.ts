import type { TransferListItem } from 'node:worker_threads';
import type { ShardFilter } from '../encode/shard-filter.ts';
import type { Encoded, EncoderData, EncoderMethods } from './encoder-thread.ts';
import { ServerThread } from './server-thread.ts';

/** Payloads of the spool → batches for the store, in a thread of its own. */
export class Encoder {
  readonly #thread: ServerThread<EncoderMethods>;

  /** @param onCrash nothing can be stored any more */
  constructor(data: EncoderData, onCrash: (error: Error) => void) {
    this.#thread = new ServerThread(new URL('./encoder-thread.js', import.meta.url), data, onCrash);
  }

  /** @returns undefined where the payloads hold no span that is kept; they cannot be used any more */
  encode(payloads: readonly Uint8Array[], receivedAtMs: number, filter?: ShardFilter): Promise<Encoded | undefined> {
    const buffers = new Set(payloads.map(({ buffer }) => buffer as TransferListItem));
    return this.#thread.calls.call('encode', [payloads, receivedAtMs, filter], [...buffers]);
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
