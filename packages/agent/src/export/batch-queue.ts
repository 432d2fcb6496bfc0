import type { Batch } from './span-buffer.ts';

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
  /** Spans that never reached the backend. */
  droppedSpans = 0;
  readonly #limits: QueueLimits;
  #waiting: Batch[] = [];
  #inFlight: Batch | undefined;
  #bytes = 0;
  #spans = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Whether nothing waits and nothing is in flight. */
  get isEmpty(): boolean {
    return this.#spans === 0;
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
      this.#drop(oldest);
    }
  }

  /** Takes the oldest batches as one, which is in flight until `succeed`, `retry` or `fail` is called. */
  takeRequest(limits: RequestLimits): Batch | undefined {
    const parts: Uint8Array[] = [];
    let bytes = 0;
    let spanCount = 0;
    for (const batch of this.#waiting) {
      const fits = bytes + batch.bytes.length <= limits.maxBytes && spanCount + batch.spanCount <= limits.maxSpans;
      if (!fits && parts.length > 0) break;
      parts.push(batch.bytes);
      bytes += batch.bytes.length;
      spanCount += batch.spanCount;
    }
    const [first] = parts;
    if (first === undefined) return undefined;
    this.#waiting = this.#waiting.slice(parts.length);
    // One message after the other is their union: protobuf appends repeated fields.
    this.#inFlight = { bytes: parts.length === 1 ? first : Buffer.concat(parts), spanCount };
    return this.#inFlight;
  }

  succeed(): void {
    if (this.#inFlight !== undefined) this.#count(this.#inFlight, -1);
    this.#inFlight = undefined;
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
    if (this.#inFlight !== undefined) this.#drop(this.#inFlight);
    this.#inFlight = undefined;
  }

  #drop(batch: Batch): void {
    this.#count(batch, -1);
    this.droppedSpans += batch.spanCount;
  }

  #count(batch: Batch, sign: 1 | -1): void {
    this.#bytes += sign * batch.bytes.length;
    this.#spans += sign * batch.spanCount;
  }
}
