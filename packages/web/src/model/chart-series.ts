/** A metrics answer as lines of a chart: named, in order, and with the unit that the query gives them. */
import { type KeyValue, type MetricsResponse, type MetricsSeries, textOf } from '@sightline/wire';
import { rateText, short } from './rate-text.ts';
import { nanoText, unixNanoToMs } from './time-text.ts';

export interface NamedSeries {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly last: number | null;
  readonly mean: number | null;
  readonly max: number | null;
}

/** More lines than this are a tangle. */
export const mostLines = 20;

/** The largest first. */
export function namedSeries({ series }: MetricsResponse): NamedSeries[] {
  return series
    .map((one) => ({ name: seriesName(one), values: one.values, ...figuresOf(one.values) }))
    .sort((a, b) => (b.max ?? 0) - (a.max ?? 0));
}

function seriesName({ labels }: MetricsSeries): string {
  const shown = labels.filter(({ key }) => key !== '__name__');
  if (shown.length === 0) return 'all spans';
  return shown
    .map(({ key, value }) => (shown.length === 1 ? lonelyLabel(key, textOf(value)) : `${key}=${textOf(value)}`))
    .join(', ');
}

/** A quantile's number alone says nothing. */
function lonelyLabel(key: string, text: string): string {
  return key === 'p' ? `p${Number((Number(text) * 100).toPrecision(5))}` : text || 'nil';
}

function figuresOf(values: readonly (number | null)[]): Pick<NamedSeries, 'last' | 'mean' | 'max'> {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return { last: null, mean: null, max: null };
  return {
    last: known.at(-1) ?? null,
    mean: known.reduce((sum, value) => sum + value, 0) / known.length,
    max: known.reduce((max, value) => Math.max(max, value)),
  };
}

/** Milliseconds since 1970, one per step. */
export function stepTimes({ startUnixNano, stepNano, series }: MetricsResponse): number[] {
  const startMs = unixNanoToMs(startUnixNano);
  return (series[0]?.values ?? []).map((_, n) => startMs + (n * Number(stepNano)) / 1e6);
}

export function isHistogram({ series }: MetricsResponse): boolean {
  return series.some(({ labels }) => labels.some(({ key }: KeyValue) => key === '__bucket'));
}

/** How a query's values are written: lengths of time come in seconds. */
export function valueFormat(query: string): (value: number) => string {
  if (/\w_over_time\s*\(\s*(span:|trace:)?(duration|traceDuration)\b/.test(query)) return secondsText;
  return /\|\s*rate\s*\(/.test(query) ? rateText : short;
}

function secondsText(seconds: number): string {
  return seconds === 0 ? '0' : nanoText(seconds * 1e9);
}
