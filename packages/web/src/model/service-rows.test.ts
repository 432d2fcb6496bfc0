import type { ServiceMetrics } from '@sightline/wire';
import { expect, test } from 'vitest';
import { serviceRows, sortRows } from './service-rows.ts';

function entry(service: string, calls: number[], errors: number[], p95Nano: number): ServiceMetrics {
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const none = calls.map(() => null);
  return {
    service,
    spanCount: sum(calls),
    errorCount: sum(errors),
    p50Nano: p95Nano / 2,
    p95Nano,
    p99Nano: p95Nano,
    calls,
    errors,
    p50s: none,
    p95s: none,
    p99s: none,
  };
}

const rows = serviceRows({
  startUnixNano: '0',
  stepNano: '10000000000',
  others: 0,
  entries: [entry('shop', [20, 0], [5, 0], 3e6), entry('cart', [10, 30], [0, 0], 9e6)],
});

test('counts become rates per second and shares of errors', () => {
  expect(rows[0]).toMatchObject({
    ratePerSecond: 1,
    errorShare: 0.25,
    rates: [2, 0],
    errorShares: [0.25, null],
  });
});

test.each([
  ['name', false, ['cart', 'shop']],
  ['name', true, ['shop', 'cart']],
  ['rate', false, ['cart', 'shop']],
  ['errors', false, ['shop', 'cart']],
  ['p95', false, ['cart', 'shop']],
  ['p95', true, ['shop', 'cart']],
] as const)('by %s, reversed: %s', (by, reversed, services) => {
  expect(sortRows(rows, by, reversed).map(({ entry: { service } }) => service)).toEqual(services);
});
