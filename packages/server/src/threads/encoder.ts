import type { ShardFilter } from '../encode/shard-filter.ts';
import type { Segment } from '../spool/spool.ts';
import type { Encoded, WriterEncoder } from '../store/writer.ts';
import type { EncoderData, EncoderMethods } from './encoder-thread.ts';
import { ServerThread } from './server-thread.ts';

/** Segments of the spool → batches for the store, in a thread of its own. */
export class Encoder implements WriterEncoder {
  readonly #thread: ServerThread<EncoderMethods>;

  /** @param onCrash nothing can be stored any more */
  constructor(data: EncoderData, onCrash: (error: Error) => void) {
    this.#thread = new ServerThread(new URL('./encoder-thread.js', import.meta.url), data, onCrash);
  }

  encode(segment: Segment, filter?: ShardFilter): Promise<Encoded> {
    return this.#thread.calls.call('encode', [segment, filter]);
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
