import type { MetricsResponse } from '@sightline/wire';
import { expect, test } from 'vitest';
import { isHistogram, namedSeries, stepTimes, valueFormat } from './chart-series.ts';

const labels = (given: Record<string, string | number>) =>
  Object.entries(given).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { doubleValue: value } : { stringValue: value },
  }));

const answer = (...series: [Record<string, string | number>, (number | null)[]][]): MetricsResponse => ({
  startUnixNano: '1000000000000000000',
  stepNano: '30000000000',
  series: series.map(([given, values]) => ({ labels: labels(given), values })),
});

test('series are named by their labels, the largest first', () => {
  const named = namedSeries(
    answer([{ 'resource.service.name': 'shop' }, [1, 2, null]], [{ a: 'x', b: 'y' }, [5, 7, 6]]),
  );
  expect(named).toEqual([
    { name: 'a=x, b=y', values: [5, 7, 6], last: 6, mean: 6, max: 7 },
    { name: 'shop', values: [1, 2, null], last: 2, mean: 1.5, max: 2 },
  ]);
});

test('a quantile is a percentile, and what has no label is all spans', () => {
  const named = namedSeries(answer([{ p: 0.95 }, [1]], [{}, [null]]));
  expect(named.map(({ name, max }) => [name, max])).toEqual([
    ['p95', 1],
    ['all spans', null],
  ]);
});

test('each step has its time', () => {
  expect(stepTimes(answer([{}, [1, 2, 3]]))).toEqual([1e12, 1e12 + 30_000, 1e12 + 60_000]);
  expect(isHistogram(answer([{ __bucket: 0.5 }, [1]]))).toBe(true);
  expect(isHistogram(answer([{ p: 0.5 }, [1]]))).toBe(false);
});

test.each([
  ['{ } | rate()', 1.5, '1.5/s'],
  ['{ } | quantile_over_time(duration, .9)', 1.5, '1.5 s'],
  ['{ } | max_over_time(span:duration) by (name)', 0.25, '250 ms'],
  ['{ } | count_over_time()', 1500, '1.5k'],
  ['{ } | avg_over_time(span.http.response.size)', 12, '12'],
])('%s: %d is %s', (query, value, text) => {
  expect(valueFormat(query)(value)).toBe(text);
});
