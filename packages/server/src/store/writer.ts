/**
 * Moves segments from the spool into the store, one after the other: where others wait, the next one's spans are inserted
 * while those of this one are counted. Batches size themselves: while an
 * insert runs, the open segment grows, and is taken next as a whole. When little comes in, the writer
 * lingers a moment before it seals, so that a trickle of requests does not become a
 * ClickHouse part each; the moments are short enough for spans to be found within a second.
 */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type BlockFile, BlockGone, removeBatch } from '../encode/block-files.ts';
import type { ShardFilter } from '../encode/shard-filter.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import type { Stretch } from '../spool/segment-format.ts';
import type { Segment } from '../spool/spool.ts';
import type { InsertOptions } from './insert-spans.ts';
import { isSegmentAtFault } from './segment-fault.ts';
import type { Store } from './store.ts';

/** What one action of a program sends in several requests comes together in this time. */
const lingerMs = 50;
/** From one insert's start to the next one's, while they are small: each insert makes parts that ClickHouse has to merge. */
const minIntervalMs = 600;
/** The same after an insert of more than `busySpans`: fewer and larger parts, each of which costs the same again in every merge. */
const busyIntervalMs = 900;
const busySpans = 15_000;

/** How many segments are on their way behind the one that is inserted. */
const ahead = 2;
/** From so many on the writer is behind, until there are none: some seconds of inserting. */
const behind = 8;

/** Of first retries: the longest time between two attempts. */
const maxRetry = 25;

/** The reading end of a spool, wherever it is. */
export interface WriterSpool {
  /** Sealed segments, oldest first: at most `most` of those with a number above `after`. */
  sealed(after: number, most: number): Promise<readonly Segment[]> | readonly Segment[];
  seal(): Promise<void>;
  waitForRecord(): Promise<void>;
  /** @param corrupt what of it is no record any more */
  remove(segment: Segment, corrupt?: readonly Stretch[]): Promise<void>;
  setAside(segment: Segment): Promise<string>;
}

export interface Encoded {
  /** Undefined where the segment holds no span that is kept. Its files are the caller's to remove. */
  batch: SpanBatch<BlockFile> | undefined;
  /** What of the segment is no record any more. */
  corrupt: readonly Stretch[];
  /** Of the thread, since it began; undefined where that is not known. */
  cpuSeconds: number | undefined;
}

export interface WriterEncoder {
  encode(segment: Segment, filter?: ShardFilter): Promise<Encoded>;
}

export interface WriterMetrics {
  /** @param cpuSeconds of the thread that encodes, since it began */
  encoded(cpuSeconds: number | undefined): void;
  inserted(spans: number, seconds: number): void;
  insertFailed(): void;
}

export interface WriterOptions {
  spool: WriterSpool;
  encoder: WriterEncoder;
  store: Pick<Store, 'insertSpans' | 'stats'>;
  metrics: WriterMetrics;
  log: Pick<Logger, 'error'>;
  /** Where there are shards: which spans are taken; the others are for other writers. */
  filter?: ShardFilter;
  /** Before the second attempt; doubles from then on, up to 25 of it. Default 200, so up to 5 s. */
  firstRetryMs?: number;
}

/** A segment on its way: read and encoded once, unless that fails. */
class Prepared {
  readonly segment: Segment;
  readonly #encode: (segment: Segment) => Promise<Encoded>;
  #encoded: Promise<Encoded> | undefined;

  constructor(segment: Segment, encode: (segment: Segment) => Promise<Encoded>) {
    this.segment = segment;
    this.#encode = encode;
    // Its failure is for who asks for what became of it.
    this.encoded().catch(() => undefined);
  }

  async encoded(): Promise<Encoded> {
    this.#encoded ??= this.#encode(this.segment);
    try {
      return await this.#encoded;
    } catch (error) {
      this.#encoded = undefined;
      throw error;
    }
  }

  /** The batch is of no use any more: it is in the store, or has to be made again. */
  async discard(): Promise<void> {
    const encoded = await this.#encoded?.catch(() => undefined);
    this.#encoded = undefined;
    if (encoded?.batch) await removeBatch(encoded.batch);
  }
}

export class Writer {
  readonly #spool: WriterSpool;
  readonly #encoder: WriterEncoder;
  readonly #store: WriterOptions['store'];
  readonly #metrics: WriterMetrics;
  readonly #log: Pick<Logger, 'error'>;
  readonly #filter: ShardFilter | undefined;
  readonly #firstRetryMs: number;
  readonly #stopping = new AbortController();
  readonly #done: Promise<void>;
  /** When the last insert began; on the clock of `performance`. */
  #lastInsertMs = Number.NEGATIVE_INFINITY;
  #lastSpanCount = 0;
  #isBehind = false;

  /** Starts at once, with what an earlier process left behind. */
  constructor(options: WriterOptions) {
    this.#spool = options.spool;
    this.#encoder = options.encoder;
    this.#store = options.store;
    this.#metrics = options.metrics;
    this.#log = options.log;
    this.#filter = options.filter;
    this.#firstRetryMs = options.firstRetryMs ?? 200;
    this.#done = this.#run();
  }

  /** Resolves when everything in the spool is in the store; close the spool first. What the store cannot take now stays in the spool. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const prepared: Prepared[] = [];
    /** The number of the last one that is on its way. */
    let last = 0;
    let before: Promise<boolean> = Promise.resolve(true);
    for (;;) {
      // By their numbers: places move while the one before is removed.
      const sealed = await this.#spool.sealed(last, behind + 1);
      const taken = sealed.slice(0, ahead + 1 - prepared.length);
      prepared.push(...taken.map((segment) => this.#prepare(segment)));
      last = taken.at(-1)?.number ?? last;
      // While its spans are inserted, those of the one before are counted, the one after is encoded, and the third read.
      const current = prepared.shift();
      if (!current) {
        if (!(await before) || !(await this.#waitForSegment(last))) return;
        continue;
      }
      const waiting = prepared.length + sealed.length - taken.length;
      this.#isBehind = waiting >= (this.#isBehind ? 1 : behind);
      const { spansStored, moved } = this.#move(current, before);
      before = moved;
      if (await Promise.race([spansStored, moved])) continue;
      for (const left of prepared) await left.discard();
      return;
    }
  }

  #prepare(segment: Segment): Prepared {
    return new Prepared(segment, (toEncode) => this.#encode(toEncode));
  }

  async #encode(segment: Segment): Promise<Encoded> {
    const encoded = await this.#encoder.encode(segment, this.#filter);
    this.#metrics.encoded(encoded.cpuSeconds);
    return encoded;
  }

  /**
   * Unless one waits after `last`: waits for records, lingers, and seals what has come together.
   * @returns false when it is time to stop and none is left
   */
  async #waitForSegment(last: number): Promise<boolean> {
    if (await this.#isAny(last)) return true;
    await this.#spool.waitForRecord();
    const sinceLastMs = performance.now() - this.#lastInsertMs;
    const intervalMs = this.#lastSpanCount > busySpans ? busyIntervalMs : minIntervalMs;
    await this.#sleep(Math.max(lingerMs, intervalMs - sinceLastMs));
    await this.#spool.seal();
    return !this.#stopping.signal.aborted || (await this.#isAny(last));
  }

  async #isAny(after: number): Promise<boolean> {
    return (await this.#spool.sealed(after, 1)).length > 0;
  }

  /**
   * @param before whether the segment before it was moved; what counts this one waits for it
   * @returns `spansStored`: the next may begin; `moved`: false when the store did not take it and there is no time left to try again
   */
  #move(prepared: Prepared, before: Promise<boolean>): { spansStored: Promise<true>; moved: Promise<boolean> } {
    let announce = (_: true): void => undefined;
    const spansStored = new Promise<true>((resolve) => {
      announce = resolve;
    });
    const beforeCounts = async (): Promise<void> => {
      if (!(await before)) throw new Error('the segment before this one was not stored');
      announce(true);
    };
    const moved = this.#tryToMove(prepared, before, beforeCounts).finally(() => prepared.discard());
    return { spansStored, moved };
  }

  async #tryToMove(prepared: Prepared, before: Promise<boolean>, beforeCounts: () => Promise<void>): Promise<boolean> {
    const { segment } = prepared;
    let failingSinceMs: number | undefined;
    for (let attempt = 1; ; attempt++) {
      try {
        const { batch, corrupt } = await prepared.encoded();
        const isBehind = this.#isBehind && attempt === 1;
        await this.#insert(batch, { isRepeat: attempt > 1, isRecovered: segment.isRecovered, isBehind, beforeCounts });
        if (!(await before)) return false;
        await this.#spool.remove(segment, corrupt);
        return true;
      } catch (error) {
        // Whatever it was: the one before may have it, too, and is tried again first.
        if (!(await before)) return false;
        failingSinceMs ??= performance.now();
        this.#metrics.insertFailed();
        this.#log.error({ err: error, segment: segment.number, attempt }, 'the store did not take a spool segment');
        if (error instanceof BlockGone) await prepared.discard();
        else if (isGone(error)) {
          await this.#spool.remove(segment);
          return true;
        }
        if (this.#stopping.signal.aborted) return false;
        const waited = (performance.now() - failingSinceMs) / this.#firstRetryMs;
        if (isSegmentAtFault({ error, attempt, waited }) && (await this.#storeAnswers())) {
          const path = await this.#spool.setAside(segment);
          this.#log.error({ path }, 'the spool segment was set aside: its spans are not in the store');
          return true;
        }
        await this.#sleep(this.#firstRetryMs * Math.min(maxRetry, 2 ** (attempt - 1)));
      }
    }
  }

  async #insert(batch: SpanBatch<BlockFile> | undefined, options: InsertOptions): Promise<void> {
    if (!batch) return;
    const startMs = performance.now();
    this.#lastInsertMs = startMs;
    this.#lastSpanCount = batch.spanCount;
    await this.#store.insertSpans(batch, options);
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
