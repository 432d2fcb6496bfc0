import { expect, test } from 'vitest';
import { mergeSpanNames } from './merge-span-names.ts';

test('names of one service tell their kind', () => {
  const names = mergeSpanNames([
    [
      'shop',
      [
        { name: 'GET', kind: 3, spanCount: 40 },
        { name: 'GET /cart', kind: 2, spanCount: 1200 },
        { name: 'GET', kind: 2, spanCount: 2 },
        { name: '', kind: 1, spanCount: 7 },
      ],
    ],
  ]);
  expect(names.map(({ name, note }) => [name, note])).toEqual([
    ['GET /cart', 'Server · 1,200'],
    ['GET', 'Client, Server · 42'],
  ]);
});

test('names of several services tell where they come from', () => {
  const names = mergeSpanNames([
    ['shop', [{ name: 'GET', kind: 3, spanCount: 1 }]],
    [
      'search',
      [
        { name: 'GET', kind: 3, spanCount: 4 },
        { name: 'rank', kind: 1, spanCount: 9 },
      ],
    ],
  ]);
  expect(names.map(({ name, note }) => [name, note])).toEqual([
    ['rank', 'search · 9'],
    ['GET', '2 services · 5'],
  ]);
});
