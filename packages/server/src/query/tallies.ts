import { mostSeries, tooManySeries } from './metrics-limits.ts';
import type { Window } from './metrics-query.ts';
import { labelsKey } from './traceql/series.ts';
import type { Value } from './traceql/span-values.ts';

/** How often an attribute has a value, in the selected spans or in the others. */
export interface Tally {
  isSelected: boolean;
  key: string;
  /** Undefined: whatever it is. */
  value: Value | undefined;
  /** One for each step. */
  counts: number[];
}

/** What `compare` counts. */
export class Tallies {
  readonly #window: Window;
  /** By side and key, then by value. */
  readonly #bySide = new Map<string, Map<string, Tally>>();
  /** Of all of them. */
  #count = 0;

  constructor(window: Window) {
    this.#window = window;
  }

  /**
   * @param what value undefined: for the total of its key
   * @param steps with as many `spanCounts`
   * @throws StoreError `query-too-expensive` where there are more tallies than can be held
   */
  add(what: Omit<Tally, 'counts'>, steps: readonly number[], spanCounts: readonly number[]): void {
    const { counts } = this.#tallyOf(what);
    for (const [index, step] of steps.entries()) counts[step] = (counts[step] ?? 0) + (spanCounts[index] ?? 0);
  }

  #tallyOf({ isSelected, key, value }: Omit<Tally, 'counts'>): Tally {
    const side = `${isSelected} ${key}`;
    const tallies = this.#bySide.get(side) ?? new Map<string, Tally>();
    this.#bySide.set(side, tallies);
    const name = labelsKey([{ name: key, value }]);
    const known = tallies.get(name);
    if (known) return known;
    if (++this.#count > mostSeries(this.#window)) throw tooManySeries(this.#window);
    const tally = { isSelected, key, value, counts: Array<number>(this.#window.stepCount).fill(0) };
    tallies.set(name, tally);
    return tally;
  }

  /** Of each side and key the total, and as many values. */
  mostFrequent(limit: number): Tally[] {
    return [...this.#bySide.values()].flatMap((tallies) => mostFrequentOf([...tallies.values()], limit));
  }
}

function mostFrequentOf(tallies: readonly Tally[], limit: number): Tally[] {
  const sizeOf = ({ counts }: Tally): number => counts.reduce((sum, count) => sum + count, 0);
  const [totals, values] = [tallies.filter(({ value }) => !value), tallies.filter(({ value }) => value)];
  return [...values.sort((a, b) => sizeOf(b) - sizeOf(a)).slice(0, limit), ...totals];
}
