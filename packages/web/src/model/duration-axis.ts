/** Round lengths of time for the scatter plot's vertical axis, in nanoseconds. */
import { niceStep } from './timeline.ts';

const second = 1e9;
const minute = 60 * second;
const hour = 60 * minute;

/** Tenfold up to seconds; from there on people count in minutes and hours, so the steps are 6, 10, 6, 10. */
const rungs: readonly number[] = [
  ...Array.from({ length: 11 }, (_, power) => 10 ** power),
  ...[minute, 10 * minute, hour, 10 * hour, 100 * hour, 1000 * hour],
];

/** From the rung below to the one above, so that the axis begins and ends with a line. */
export function logRange(min: number, max: number): [low: number, high: number] {
  const low = rungs.findLast((rung) => rung <= min * 0.8) ?? 1;
  const high = rungs.find((rung) => rung >= max * 1.05) ?? max * 2;
  return [low, Math.max(high, low * 10)];
}

/** At most `most` rungs, at even distances. */
export function logSplits(min: number, max: number, most: number): number[] {
  const inside = rungs.filter((rung) => rung >= min && rung <= max);
  const every = Math.ceil(inside.length / Math.max(most, 1));
  return inside.filter((_, n) => n % every === 0);
}

export function linearSplits(max: number, most: number): number[] {
  const step = niceStep(max / Math.max(most, 1));
  return Array.from({ length: Math.floor(max / step) + 1 }, (_, n) => n * step);
}
