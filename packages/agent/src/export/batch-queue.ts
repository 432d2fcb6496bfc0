import { counters } from '../counters.ts';
import { type Batch, joinBatches } from './batch.ts';
import { giveBack } from './chunk-pool.ts';

export interface QueueLimits {
  readonly maxBytes: number;
  readonly maxSpans: number;
}

/** What one request takes at most, as far as single batches allow. */
export interface RequestLimits {
  readonly maxBytes: number;
  readonly maxSpans: number;
}

/**
 * Batches that wait to be sent, oldest first. Never holds more than its limits, what is in flight
 * included: the oldest goes first, since a person looks at the newest.
 */
export class BatchQueue {
  /** Spans that never reached the backend, or that it would not have. Why, the counters say. */
  droppedSpans = 0;
  readonly #limits: QueueLimits;
  #waiting: Batch[] = [];
  #inFlight: Batch | undefined;
  /** Spans of that which are not sent, since the format has no room for them. */
  #omittedSpans = 0;
  #bytes = 0;
  #spans = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Whether nothing waits and nothing is in flight. */
  get isEmpty(): boolean {
    return this.#spans === 0;
  }

  /** Spans that wait or are in flight. */
  get spanCount(): number {
    return this.#spans;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  push(batch: Batch): void {
    this.#waiting.push(batch);
    this.#count(batch, 1);
    this.#dropOldest();
  }

  #dropOldest(): void {
    while (this.#bytes > this.#limits.maxBytes || this.#spans > this.#limits.maxSpans) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) return; // all of it is in flight
      this.#drop(oldest, 'droppedQueueFull');
    }
  }

  /** Takes the oldest batches as one, which is in flight until `succeed`, `retry` or `fail` is called. */
  takeRequest(limits: RequestLimits): Batch | undefined {
    let count = 0;
    let bytes = 0;
    let spanCount = 0;
    for (const batch of this.#waiting) {
      bytes += batch.sizeBytes;
      spanCount += batch.spanCount;
      if (count > 0 && (bytes > limits.maxBytes || spanCount > limits.maxSpans)) break;
      count++;
    }
    if (count === 0) return undefined;
    this.#inFlight = joinBatches(this.#waiting.slice(0, count));
    this.#waiting = this.#waiting.slice(count);
    this.#omittedSpans = 0;
    return this.#inFlight;
  }

  /** That many spans of what is in flight are left out of the request: given up once the others have arrived. */
  omit(spanCount: number): void {
    this.#omittedSpans = spanCount;
  }

  /**
   * @param rejectedSpans of them, which the backend would not have
   * @returns what was in flight
   */
  succeed(rejectedSpans = 0): Batch | undefined {
    const batch = this.#inFlight;
    if (batch === undefined) return undefined;
    const delivered = batch.spanCount - this.#omittedSpans;
    const rejected = Math.min(rejectedSpans, delivered);
    counters.sent += delivered - rejected;
    counters.droppedRejected += rejected;
    counters.droppedTooLarge += this.#omittedSpans;
    this.droppedSpans += rejected + this.#omittedSpans;
    this.#count(batch, -1);
    this.#inFlight = undefined;
    return batch;
  }

  /** Puts what was in flight back in front. */
  retry(): void {
    if (this.#inFlight === undefined) return;
    this.#waiting.unshift(this.#inFlight);
    this.#inFlight = undefined;
    this.#dropOldest();
  }

  /** Gives up what was in flight. */
  fail(): void {
    if (this.#inFlight !== undefined) this.#drop(this.#inFlight, 'droppedRefused');
    this.#inFlight = undefined;
  }

  #drop(batch: Batch, reason: 'droppedQueueFull' | 'droppedRefused'): void {
    this.#count(batch, -1);
    if (!batch.wasSent) giveBack(batch);
    this.droppedSpans += batch.spanCount;
    counters[reason] += batch.spanCount;
  }

  #count(batch: Batch, sign: 1 | -1): void {
    this.#bytes += sign * batch.sizeBytes;
    this.#spans += sign * batch.spanCount;
  }
}
