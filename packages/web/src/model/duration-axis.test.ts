import { formatDuration } from '@sightline/wire';
import { expect, test } from 'vitest';
import { linearSplits, logRange, logSplits } from './duration-axis.ts';

const texts = (splits: number[]) => splits.map((split) => formatDuration(BigInt(split)));

test('a logarithmic axis counts as clocks do, from nanoseconds to hours', () => {
  const [low, high] = logRange(2e9, 3 * 3600e9);
  expect(texts(logSplits(low, high, 20))).toEqual(['1 s', '10 s', '1 m 00 s', '10 m 00 s', '1 h 00 m', '10 h 00 m']);
});

test('a logarithmic axis over everything leaves room between its lines', () => {
  const [low, high] = logRange(100, 3 * 3600e9);
  expect(texts(logSplits(low, high, 5))).toEqual(['10 ns', '10 µs', '10 ms', '10 s', '1 h 00 m']);
});

test('a single duration still gets a stretch around it', () => {
  expect([logRange(1, 1), logRange(5e6, 5e6), logRange(1e6, 1e6)]).toEqual([
    [1, 10],
    [1e6, 1e7],
    [1e5, 1e7],
  ]);
});

test('a linear axis stands at round times', () => {
  expect(texts(linearSplits(3.3e9, 5))).toEqual(['0 ns', '1 s', '2 s', '3 s']);
  expect(texts(linearSplits(3.3 * 3600e9, 5))).toEqual(['0 ns', '1 h 00 m', '2 h 00 m', '3 h 00 m']);
});
