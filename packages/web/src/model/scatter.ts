/** The scatter plot's points: a trace's start against its duration. */
import type { TraceSummary } from '@sightline/wire';
import { unixNanoToMs } from './time-text.ts';

export interface ScatterPoint {
  readonly trace: TraceSummary;
  /** Milliseconds since 1970. */
  readonly x: number;
  /** Nanoseconds, at least 1: a logarithmic axis has no 0. */
  readonly y: number;
  readonly isError: boolean;
}

export interface PlacedPoint {
  readonly point: ScatterPoint;
  /** Pixels. */
  readonly x: number;
  readonly y: number;
}

/** In order of time, as the plot needs them. */
export function scatterPoints(traces: readonly TraceSummary[]): ScatterPoint[] {
  return traces
    .map((trace) => ({
      trace,
      x: unixNanoToMs(trace.startUnixNano),
      y: Math.max(1, Number(trace.durationNano)),
      isError: trace.errorCount > 0,
    }))
    .sort((a, b) => a.x - b.x);
}

const reachPx = 14;

export function nearestPoint(placed: readonly PlacedPoint[], x: number, y: number): PlacedPoint | undefined {
  let nearest: PlacedPoint | undefined;
  let least = reachPx;
  for (const candidate of placed) {
    const distance = Math.hypot(candidate.x - x, candidate.y - y);
    if (distance > least) continue;
    least = distance;
    nearest = candidate;
  }
  return nearest;
}

/** More spans, larger mark; the area grows with the number's magnitude. */
export function markRadius(spanCount: number): number {
  return Math.min(8, 3.5 + Math.log10(Math.max(1, spanCount)) * 1.3);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const timeSteps: readonly number[] = [
  second,
  5 * second,
  15 * second,
  30 * second,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  hour,
  3 * hour,
  6 * hour,
  12 * hour,
  24 * hour,
];

/**
 * Round times of day from `min` to `max`, at most `most` of them.
 * @param offsetMinutes as `Date.getTimezoneOffset` gives it
 */
export function timeSplits(min: number, max: number, most: number, offsetMinutes: number): number[] {
  const atLeast = (max - min) / Math.max(most, 1);
  const step = timeSteps.find((candidate) => candidate >= atLeast) ?? Math.ceil(atLeast / (24 * hour)) * 24 * hour;
  const offset = offsetMinutes * minute;
  const splits: number[] = [];
  for (let at = Math.ceil((min - offset) / step) * step + offset; at <= max; at += step) splits.push(at);
  return splits;
}
