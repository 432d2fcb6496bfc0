import type { Translation } from '@sightline/server/translate/translation';

/** One request's worth of spans. */
export interface Batch {
  /** `TracesData` in protobuf. */
  payload: Uint8Array;
  /** That can be kept. */
  spanCount: number;
  /** That the payload may hold as well, and the receiver refuses. */
  refusedCount: number;
}

const fullBytes = 2 * 1024 * 1024;
const fullSpans = 4_000;

/** Puts translated pieces together: one `TracesData` behind the other is a `TracesData`. */
export class BatchBuilder {
  #payloads: Uint8Array[] = [];
  #sizeBytes = 0;
  #spanCount = 0;
  #refusedCount = 0;

  /** @returns a batch when there is one to send */
  add({ payload, spanCount, refusedCount }: Translation): Batch | undefined {
    if (payload.length === 0) return undefined;
    this.#payloads.push(payload);
    this.#sizeBytes += payload.length;
    this.#spanCount += spanCount;
    this.#refusedCount += refusedCount;
    return this.#sizeBytes >= fullBytes || this.#spanCount >= fullSpans ? this.take() : undefined;
  }

  /** @returns undefined where nothing is left */
  take(): Batch | undefined {
    if (this.#payloads.length === 0) return undefined;
    const payload = Buffer.concat(this.#payloads);
    const batch = { payload, spanCount: this.#spanCount, refusedCount: this.#refusedCount };
    this.#payloads = [];
    this.#sizeBytes = 0;
    this.#spanCount = 0;
    this.#refusedCount = 0;
    return batch;
  }
}
