import { expect, test } from 'vitest';
import { largest, sparklinePath } from './sparkline.ts';

test('values go from left to right, the largest at the top', () => {
  expect(sparklinePath([0, 5, 10], 10)).toEqual({
    line: 'M0,100L50,50L100,0',
    area: 'M0,100L0,100L50,50L100,0L100,100Z',
  });
});

test('where there is no value the line has a gap, and a value alone is a dot', () => {
  expect(sparklinePath([1, 2, null, 4, null], 4).line).toBe('M0,75L25,50M75,0h0.01');
  expect(sparklinePath([null, null], 4)).toEqual({ line: '', area: '' });
});

test('nothing but zeros lies on the ground', () => {
  expect(sparklinePath([0, 0], largest([0, null])).line).toBe('M0,100L100,100');
});
