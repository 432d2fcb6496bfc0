/** The writers between a spool and a store: one, or one for each shard of a cluster. */
import { setTimeout } from 'node:timers/promises';
import { SpoolLanes } from './spool-lanes.ts';
import type { Store } from './store.ts';
import { Writer, type WriterOptions } from './writer.ts';

const retryMs = 1000;

export interface WritersOptions extends Omit<WriterOptions, 'filter'> {
  store: WriterOptions['store'] & Pick<Store, 'slots'>;
}

export class Writers {
  readonly #options: WritersOptions;
  readonly #stopping = new AbortController();
  readonly #started: Promise<Writer[]>;

  /** They begin when the store says what shards it has. */
  constructor(options: WritersOptions) {
    this.#options = options;
    this.#started = this.#start();
  }

  /** As `Writer.stop`. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const writers = await this.#started;
    await Promise.all(writers.map((writer) => writer.stop()));
  }

  async #start(): Promise<Writer[]> {
    const slots = await this.#slots();
    const shards = [...new Set(slots)];
    if (shards.length < 2) return shards.map(() => new Writer(this.#options));
    const { lanes } = new SpoolLanes(this.#options.spool, shards.length);
    return lanes.map((spool, lane) => {
      return new Writer({ ...this.#options, spool, filter: { shard: shards[lane] ?? 0, slots } });
    });
  }

  /** @returns none where it is stopped before the store answers */
  async #slots(): Promise<readonly number[]> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        return await this.#options.store.slots();
      } catch (error) {
        this.#options.log.error({ err: error }, 'the store does not answer; what is received waits in the spool');
        await setTimeout(retryMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return [];
  }
}
