/**
 * `SIGHTLINE_MAX_CPU`: once a second the agent compares the time that it took with what it may take, and does
 * less, or more again. What it does stands in the resource of its spans, so that the backend knows.
 */
import { counters } from '../counters.ts';
import { guard } from '../guard.ts';
import { log } from '../log.ts';
import { ownTimeMs } from '../own-time.ts';
import type { AttributeList } from '../tracer/attributes.ts';
import type { Sampler } from '../tracer/sampler.ts';
import { settings } from '../tracer/settings.ts';
import { BudgetSampler } from './budget-sampler.ts';
import { type BudgetState, nextState, unlimited } from './budget-state.ts';
import { ExceptionalCalls } from './exceptional-calls.ts';

const periodMs = 1_000;
/** The counter alone is worth new resource bytes this often. */
const tellCounterEveryMs = 10_000;
/** Of the load that was, in the load that counts: a single window holds a few hundred samples, which scatter. */
const inertia = 0.5;

export class Budget {
  readonly sampler: BudgetSampler;
  readonly maxCpuPercent: number;
  readonly #exceptional: ExceptionalCalls;
  /** Told that {@link describe} says something else now. */
  onChange: () => void = () => {};
  state: BudgetState = unlimited;
  /** The highest measured in a window, in percent of a core. */
  peakPercent = 0;
  #load: number | undefined;
  #lastMs = performance.now();
  #lastOwnMs = ownTimeMs();
  #toldMs = 0;
  #toldUnsampled = 0;

  constructor(maxCpuPercent: number, configured: Sampler) {
    this.maxCpuPercent = maxCpuPercent;
    this.sampler = new BudgetSampler(configured);
    this.#exceptional = new ExceptionalCalls(maxCpuPercent);
  }

  /** Before the program's first line. The timer keeps no process alive. */
  start(): void {
    const { sampler } = this;
    settings.leftOut = {
      isLast: () => sampler.hasLeftOut,
      judge: (durationMs, hasFailed) => this.#judge(durationMs, hasFailed),
    };
    this.#lastOwnMs = ownTimeMs(); // what the start itself took is no load
    setInterval(
      guard('budget.tick', () => this.#tick()),
      periodMs,
    ).unref();
  }

  #judge(durationMs: number, hasFailed: boolean): 'error' | 'slow' | undefined {
    const reason = this.#exceptional.judge(durationMs, hasFailed);
    if (reason === undefined) return undefined;
    counters.unsampled--;
    counters.keptExceptional++;
    return reason;
  }

  #tick(): void {
    const nowMs = performance.now();
    const ownMs = ownTimeMs();
    const percent = (100 * (ownMs - this.#lastOwnMs)) / (nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#lastOwnMs = ownMs;
    this.#exceptional.renew();
    this.peakPercent = Math.max(this.peakPercent, percent);
    this.#follow(percent / this.maxCpuPercent);
    if (nowMs - this.#toldMs > tellCounterEveryMs && counters.unsampled !== this.#toldUnsampled) this.#tell();
  }

  #follow(measured: number): void {
    const load = this.#load === undefined ? measured : inertia * this.#load + (1 - inertia) * measured;
    const { sampler } = this;
    const next = nextState(this.state, load, sampler.beganTraces);
    sampler.beganTraces = false;
    const isOther = changes(this.state, next);
    this.state = next;
    // What was measured before a change says nothing about what comes after it.
    this.#load = isOther ? undefined : load;
    if (isOther) this.#apply(load);
  }

  #apply(load: number): void {
    const { detail, ratio, includesCallers } = this.state;
    settings.reducesDetail = detail === 'reduced';
    this.sampler.limit(ratio, includesCallers);
    const percent = (load * this.maxCpuPercent).toFixed(1);
    log(
      'info',
      `took ${percent} % of a core of ${this.maxCpuPercent}: detail ${detail}, traces kept ${ratio.toFixed(3)}`,
    );
    this.#tell();
  }

  #tell(): void {
    this.#toldMs = performance.now();
    this.#toldUnsampled = counters.unsampled;
    this.onChange();
  }

  /** Attributes of the resource. */
  describe(): AttributeList {
    const { detail, ratio } = this.state;
    return [
      'sightline.agent.max_cpu',
      this.maxCpuPercent,
      'sightline.agent.detail',
      detail,
      'sightline.agent.sampling.ratio',
      Number(ratio.toPrecision(3)),
      'sightline.agent.unsampled',
      counters.unsampled,
    ];
  }
}

function changes(a: BudgetState, b: BudgetState): boolean {
  return a.detail !== b.detail || a.ratio !== b.ratio || a.includesCallers !== b.includesCallers;
}
