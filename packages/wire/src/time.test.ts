import { expect, test } from 'vitest';
import { formatDuration, formatShare, parseDuration } from './time.ts';

test.each([
  ['250ms', 250_000_000n],
  ['1.5s', 1_500_000_000n],
  ['2h45m', 9_900_000_000_000n],
  ['7d', 604_800_000_000_000n],
  ['800us', 800_000n],
  ['800µs', 800_000n],
  ['9007199254740993ns', 9_007_199_254_740_993n],
])('reads %s', (text, nano) => expect(parseDuration(text)).toBe(nano));

test.each(['', '5', 'ms', '1.s', '-1s', '1s ', '1 s', '1w'])('refuses %j', (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);

test.each([
  [999n, '999 ns'],
  [1_000n, '1 µs'],
  [830_400n, '830 µs'],
  [12_440_000n, '12.4 ms'],
  [999_600_000n, '1 s'],
  [3_012_000_000n, '3.01 s'],
  [60_000_000_000n, '1 m 00 s'],
  [125_000_000_000n, '2 m 05 s'],
  [7_260_000_000_000n, '2 h 01 m'],
])('%s ns is shown as %s', (nano, text) => expect(formatDuration(nano)).toBe(text));

test('a share is never rounded to nothing or to all', () => {
  expect([0, 0.004, 0.963, 0.9967, 1].map(formatShare)).toEqual(['0 %', 'under 1 %', '96 %', '99 %', '100 %']);
});
