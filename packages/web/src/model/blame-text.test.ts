import type { Blame } from '@sightline/wire';
import { expect, test } from 'vitest';
import { blameBadge, blamedShare } from './blame-text.ts';

const blame: Blame = {
  spanId: '00f067aa0ba902b7',
  serviceName: 'slow',
  spanName: 'GET /delay/:ms',
  selfTimeNano: '2999000000',
  share: 0.9967,
  text: 'GET /delay/:ms in slow took 3 s of 3.01 s (99 %) by itself.',
};

test('a single span is blamed with its own share', () => {
  expect([blamedShare(blame), blameBadge(blame)]).toEqual([0.9967, '99 % of the time']);
});

test('spans that are blamed together are blamed with what they hold together', () => {
  const together = { ...blame, share: 0.022, repeated: { spanCount: 40, selfTimeNano: '880000000', share: 0.88 } };
  expect([blamedShare(together), blameBadge(together)]).toEqual([0.88, '88 % in 40 of these']);
});
