import type { MetricsResponse } from '@sightline/wire';
import { expect, test } from 'vitest';
import { boxOf, cellAt, durationLiteral, heatMapOf, movedCell, selectionOf } from './heat-map.ts';

const bucket = (nano: number, values: (number | null)[]) => ({
  labels: [{ key: '__bucket', value: { doubleValue: nano / 1e9 } }],
  values,
});

const answer: MetricsResponse = {
  startUnixNano: '1000000000000000000',
  stepNano: '30000000000',
  series: [bucket(2 ** 23, [0, 7, null]), bucket(2 ** 20, [4, 0, 1])],
};

test('buckets become rows from short to long, without a hole', () => {
  const map = heatMapOf(answer);
  expect(map.rows.map(({ lowNano, highNano, counts }) => [lowNano, highNano, ...counts])).toEqual([
    [2 ** 19, 2 ** 20, 4, 0, 1],
    [2 ** 20, 2 ** 21, 0, 0, 0],
    [2 ** 21, 2 ** 22, 0, 0, 0],
    [2 ** 22, 2 ** 23, 0, 7, 0],
  ]);
  expect(map).toMatchObject({ startMs: 1e12, stepMs: 30_000, columns: 3, max: 7 });
});

test('nothing has no rows', () => {
  expect(heatMapOf({ ...answer, series: [] })).toMatchObject({ columns: 0, rows: [], max: 0 });
});

test('an area is a stretch of time and of durations, wherever it was begun', () => {
  const map = heatMapOf(answer);
  const area = { from: { column: 2, row: 2 }, to: { column: 1, row: 1 } };
  expect(selectionOf(map, area)).toEqual({ fromMs: 1e12 + 30_000, toMs: 1e12 + 90_000, min: '1.04ms', max: '4.2ms' });
});

test('an area that reaches to the edge has no limit there', () => {
  const map = heatMapOf(answer);
  expect(selectionOf(map, { from: { column: 0, row: 0 }, to: { column: 0, row: 3 } })).toEqual({
    fromMs: 1e12,
    toMs: 1e12 + 30_000,
  });
});

test.each([
  [1024, Math.floor, '1.02us'],
  [1024, Math.ceil, '1.03us'],
  [2 ** 30, Math.floor, '1.07s'],
  [134_217_728, Math.ceil, '135ms'],
  [500, Math.floor, '500ns'],
  [10_000_000, Math.floor, '10ms'],
  [10_000_000, Math.ceil, '10ms'],
] as const)('%d is %s', (nano, round, text) => {
  expect(durationLiteral(nano, round)).toBe(text);
});

test('points are cells, and cells are boxes, the shortest durations at the bottom', () => {
  const map = heatMapOf(answer);
  const place = { left: 50, top: 10, width: 300, height: 80 };
  expect(cellAt(map, place, 55, 85)).toEqual({ column: 0, row: 0 });
  expect(cellAt(map, place, 349, 11)).toEqual({ column: 2, row: 3 });
  expect(cellAt(map, place, 9999, -9999)).toEqual({ column: 2, row: 3 });
  const area = { from: { column: 1, row: 0 }, to: { column: 2, row: 1 } };
  expect(boxOf(map, place, area)).toEqual({ left: 150, top: 50, width: 200, height: 40 });
  expect(movedCell(map, { column: 2, row: 0 }, 1, 1)).toEqual({ column: 2, row: 1 });
});
