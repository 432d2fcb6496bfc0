import type { StandingResponse } from '@sightline/wire';
import { expect, test } from 'vitest';
import { isOutlier, standingText } from './standing-text.ts';

const standing = (spanCount: number, slowerThan: number): StandingResponse => ({
  startUnixNano: '0',
  endUnixNano: '1',
  spanCount,
  errorCount: 0,
  slowerThan,
  p50Nano: 1e6,
  p95Nano: 2e6,
  p99Nano: 3e6,
  maxNano: 4e6,
});

test.each([
  [1, 0, 'The only one of its kind in 24 hours', false],
  [5, 1, 'One of 5 spans of its kind in 24 hours', false],
  [1000, 0.97, 'Slower than 97 % of its like', true],
  [1000, 0.6, 'Slower than 60 % of its like', false],
  [1000, 0.2, 'Faster than 80 % of its like', false],
] as const)('of %d spans, slower than %d', (spanCount, slowerThan, text, outlier) => {
  expect(standingText(standing(spanCount, slowerThan))).toBe(text);
  expect(isOutlier(standing(spanCount, slowerThan))).toBe(outlier);
});
