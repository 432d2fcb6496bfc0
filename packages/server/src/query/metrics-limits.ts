/**
 * How many points, one for each step of each series, a metrics query may make: a group may be as many things as there are spans, and steps may be
 * short, so that series alone could take all memory there is.
 */
import { StoreError } from '../store/store.ts';
import type { MetricsRequest, Window } from './metrics-query.ts';

/** Before `topk` and comparisons choose from them; some 100 MB. */
const mostPointsHeld = 10_000_000;
const mostPointsAnswered = 1_000_000;

/** Whose points can be held. */
export function mostSeries({ stepCount }: Window): number {
  return Math.floor(mostPointsHeld / stepCount);
}

/** The same of groups that make several series each. */
export function mostGroups(window: Window, seriesPerGroup: number): number {
  return Math.floor(mostSeries(window) / seriesPerGroup);
}

/** @returns StoreError `query-too-expensive` for more than `mostSeries` */
export function tooManySeries(window: Window): StoreError {
  return tooMany(window, mostSeries(window), 'group by what has fewer values');
}

/** @throws StoreError `query-too-expensive` */
export function requireAnswerable(seriesCount: number, { query: { expression }, window }: MetricsRequest): void {
  const most = Math.floor(mostPointsAnswered / window.stepCount);
  if (seriesCount <= most) return;
  const isComparison = expression.kind === 'metrics-pipeline' && expression.aggregate.function === 'compare';
  throw tooMany(
    window,
    most,
    isComparison ? 'ask for fewer values, compare({ … }, 3)' : 'keep the largest, | topk(10)',
  );
}

function tooMany({ stepCount }: Window, most: number, advice: string): StoreError {
  const [series, steps] = [most.toLocaleString('en'), stepCount.toLocaleString('en')];
  return new StoreError(
    'query-too-expensive',
    `The query has more than ${series} series of ${steps} steps: ${advice}, make the steps longer, or narrow its time range or its conditions.`,
  );
}
