/**
 * Moves segments from the spool into the store, one after the other. Batches size themselves: while an
 * insert runs, the open segment grows, and is taken next as a whole. When little comes in, the writer
 * lingers a moment before it seals, so that a trickle of requests does not become a
 * ClickHouse part each; the moments are short enough for spans to be found within a second.
 */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { SpanEncoder } from '../encode/span-encoder.ts';
import type { Segment, Spool } from '../spool/spool.ts';
import { type Store, StoreError } from './store.ts';

/** What one action of a program sends in several requests comes together in this time. */
const lingerMs = 50;
/** From one insert's start to the next one's, while they are small: each insert makes parts that ClickHouse has to merge. */
const minIntervalMs = 400;

const maxRetryMs = 5_000;
/** By then, a store that answers other queries will not take this segment any more. */
const maxAttempts = 10;

export interface WriterMetrics {
  inserted(spans: number, seconds: number): void;
  insertFailed(): void;
}

export interface WriterOptions {
  spool: Spool;
  store: Pick<Store, 'insertSpans' | 'stats'>;
  metrics: WriterMetrics;
  log: Pick<Logger, 'error'>;
  /** Before the second attempt; doubles from then on, up to 5 s. Default 200. */
  firstRetryMs?: number;
}

export class Writer {
  readonly #spool: Spool;
  readonly #store: WriterOptions['store'];
  readonly #metrics: WriterMetrics;
  readonly #log: Pick<Logger, 'error'>;
  readonly #firstRetryMs: number;
  readonly #encoder = new SpanEncoder();
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  /** When the last insert began; on the clock of `performance`. */
  #lastInsertMs = Number.NEGATIVE_INFINITY;

  /** Starts at once, with what an earlier process left behind. */
  constructor(options: WriterOptions) {
    this.#spool = options.spool;
    this.#store = options.store;
    this.#metrics = options.metrics;
    this.#log = options.log;
    this.#firstRetryMs = options.firstRetryMs ?? 200;
    this.#done = this.#run();
  }

  /** Resolves when everything in the spool is in the store; close the spool first. What the store cannot take now stays in the spool. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    for (;;) {
      const segment = this.#spool.peek() ?? (await this.#nextSegment());
      if (segment) {
        if (!(await this.#move(segment))) return;
      } else if (this.#stopping.signal.aborted) return;
    }
  }

  /** Waits for records, lingers, and seals what has come together. */
  async #nextSegment(): Promise<Segment | undefined> {
    await this.#spool.waitForRecord();
    const sinceLastMs = performance.now() - this.#lastInsertMs;
    await this.#sleep(Math.max(lingerMs, minIntervalMs - sinceLastMs));
    await this.#spool.seal();
    return this.#spool.peek();
  }

  /** @returns false when the store did not take it and there is no time left to try again */
  async #move(segment: Segment): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#insert(segment, attempt > 1 || segment.isRecovered);
        await this.#spool.remove(segment);
        return true;
      } catch (error) {
        this.#metrics.insertFailed();
        this.#log.error({ err: error, segment: segment.number, attempt }, 'the store did not take a spool segment');
        if (isGone(error)) {
          await this.#spool.remove(segment);
          return true;
        }
        if (this.#stopping.signal.aborted) return false;
        if (attempt >= maxAttempts && !isOutOfSpace(error) && (await this.#storeAnswers())) {
          const path = await this.#spool.setAside(segment);
          this.#log.error({ path }, 'the spool segment was set aside: its spans are not in the store');
          return true;
        }
        await this.#sleep(Math.min(maxRetryMs, this.#firstRetryMs * 2 ** (attempt - 1)));
      }
    }
  }

  async #insert(segment: Segment, isRepeat: boolean): Promise<void> {
    for (const payload of await this.#spool.read(segment)) this.#encoder.append(payload);
    if (this.#encoder.spanCount === 0) return;
    const batch = this.#encoder.finish(segment.number);
    const startMs = performance.now();
    this.#lastInsertMs = startMs;
    await this.#store.insertSpans(batch, { isRepeat });
    this.#metrics.inserted(batch.spanCount, (performance.now() - startMs) / 1000);
  }

  async #storeAnswers(): Promise<boolean> {
    try {
      await this.#store.stats();
      return true;
    } catch {
      return false;
    }
  }

  /** Cut short by `stop`. */
  async #sleep(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Somebody else removed the segment's file. */
function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Then no segment is at fault: all of them wait in the spool until there is space again. */
function isOutOfSpace(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'out-of-space';
}
