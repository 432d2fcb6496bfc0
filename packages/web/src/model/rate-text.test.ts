import { expect, test } from 'vitest';
import { rateText, shareText, short } from './rate-text.ts';

test.each([
  [0, '0/s'],
  [1234, '1.2k/s'],
  [345.6, '346/s'],
  [12.34, '12/s'],
  [0.5, '30/min'],
  [0.02, '1.2/min'],
  [0.05, '3/min'],
  [0.001, '3.6/h'],
])('%d calls a second are %s', (rate, text) => {
  expect(rateText(rate)).toBe(text);
});

test('large numbers are short', () => {
  expect([999, 12_345, 2_500_000].map(short)).toEqual(['999', '12k', '2.5M']);
});

test('a small share keeps its digits', () => {
  expect([0, 0.00412, 0.0999, 0.5, 1].map(shareText)).toEqual(['0 %', '0.41 %', '10 %', '50 %', '100 %']);
});
