import { counters } from '../counters.ts';
import type { TraceId } from '../tracer/ids.ts';
import type { Sampler } from '../tracer/sampler.ts';

/**
 * The configured sampler, and behind it the budget's ratio. A trace is kept or left out by 16 of the 56 bits of
 * its id that W3C declares random. They are not those that `traceidratio` looks at, so the two multiply, and all
 * services that save under this agent leave out the same traces first.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
export class BudgetSampler implements Sampler {
  readonly description: string;
  /** Whether a trace began here since somebody set this to false. */
  beganTraces = false;
  readonly #configured: Sampler;
  /** In 65,536ths: traces below are left out. */
  #bound = 0;
  #includesCallers = false;
  #hasLeftOut = false;

  constructor(configured: Sampler) {
    this.#configured = configured;
    this.description = `CpuBudget{${configured.description}}`;
  }

  limit(ratio: number, includesCallers: boolean): void {
    this.#bound = Math.round((1 - ratio) * 0x1_0000);
    this.#includesCallers = includesCallers;
  }

  /** Spans inside of a sampled request are never asked about: half a trace would be worth little. */
  isSampled(traceId: TraceId, parentSampled: boolean | undefined, parentIsRemote = false): boolean {
    this.#hasLeftOut = false;
    if (!this.#configured.isSampled(traceId, parentSampled, parentIsRemote)) return false;
    if (parentSampled !== undefined && !parentIsRemote) return parentSampled; // below a trace that was left out, too
    if (parentSampled === undefined) this.beganTraces = true;
    else if (!this.#includesCallers) return true;
    if (((traceId.c >>> 8) & 0xffff) >= this.#bound) return true;
    this.#hasLeftOut = true;
    counters.unsampled++;
    return false;
  }

  /** Whether the budget alone said no the last time; asked right after. */
  get hasLeftOut(): boolean {
    return this.#hasLeftOut;
  }
}
