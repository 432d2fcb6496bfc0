/**
 * Which of the requests that were left out turn out to be worth a span: those that fail, and those that are slow.
 * Slow is what takes longer than a second, or longer than 99 in 100 requests lately. A budget is a budget, so
 * their number is limited too: an outage makes every request fail.
 */

/** Half of the budget, at 10 µs for each. */
const perSecondAndPercent = 500;

const alwaysSlowMs = 1_000;
/** How far one request moves the estimate. */
const step = 0.05;
const rank = 0.99;

export type Exceptional = 'error' | 'slow';

export class ExceptionalCalls {
  readonly #perSecond: number;
  #errors = 0;
  #slow = 0;
  /** Follows the 99th percentile: up by a large step for one request in a hundred, down by small ones for the rest. */
  #p99Ms = 0;

  /** @param maxCpuPercent of a core */
  constructor(maxCpuPercent: number) {
    this.#perSecond = Math.max(1, Math.round(maxCpuPercent * perSecondAndPercent));
  }

  /** Once a second. */
  renew(): void {
    this.#errors = 0;
    this.#slow = 0;
  }

  /** @returns undefined for a request like the others, or where there have been too many in this second */
  judge(durationMs: number, hasFailed: boolean): Exceptional | undefined {
    const isSlow = durationMs > alwaysSlowMs || (this.#p99Ms > 0 && durationMs > this.#p99Ms);
    this.#learn(durationMs);
    if (hasFailed) return this.#errors++ < this.#perSecond ? 'error' : undefined;
    // The slow leave the larger part to the failed.
    return isSlow && this.#slow++ < this.#perSecond / 4 ? 'slow' : undefined;
  }

  #learn(durationMs: number): void {
    if (this.#p99Ms === 0) this.#p99Ms = Math.max(durationMs, 0.01);
    else if (durationMs > this.#p99Ms) this.#p99Ms *= 1 + step * rank;
    else this.#p99Ms *= 1 - step * (1 - rank);
  }
}
