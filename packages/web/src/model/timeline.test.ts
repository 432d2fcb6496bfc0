import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  fullWindow,
  isFullWindow,
  panBy,
  ticks,
  toPixel,
  toTime,
  windowBetween,
  windowOnto,
  zoomAround,
} from './timeline.ts';

const labels = (start: number, end: number, width: number) => ticks({ start, end }, width).map(({ label }) => label);

test('ticks stand at round times, in the unit of their size', () => {
  expect(labels(0, 3.02e9, 700)).toEqual(['0', '500 ms', '1.0 s', '1.5 s', '2.0 s', '2.5 s', '3.0 s']);
  expect(labels(0, 41.7e6, 500)).toEqual(['0', '10 ms', '20 ms', '30 ms', '40 ms']);
  expect(labels(0, 900, 500)).toEqual(['0', '200 ns', '400 ns', '600 ns', '800 ns']);
  expect(labels(0, 4 * 60e9, 500)).toEqual(['0', '1 m', '2 m', '3 m', '4 m']);
});

test('ticks of a narrow window far into the trace still differ', () => {
  expect(labels(1.2e9, 1.2e9 + 4e6, 500)).toEqual(['1.200 s', '1.201 s', '1.202 s', '1.203 s', '1.204 s']);
});

test('ticks never stand closer than asked, and never in heaps', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 100, max: 1e14, noNaN: true }),
      fc.integer({ min: 50, max: 4000 }),
      (length, width) => {
        const places = ticks({ start: 0, end: length }, width, 96).map(({ at }) =>
          toPixel(at, { start: 0, end: length }, width),
        );
        for (const [n, place] of places.entries()) {
          if (n > 0) expect(place - (places[n - 1] ?? 0)).toBeGreaterThanOrEqual(95.9);
        }
      },
    ),
  );
});

test('pixels and times are each other’s inverse', () => {
  const window = { start: 500, end: 1500 };
  expect(toPixel(1000, window, 200)).toBe(100);
  expect(toTime(100, window, 200)).toBe(1000);
});

test('a window drawn backwards or beyond the edges is put right', () => {
  expect(windowBetween(800, 200, 1000)).toEqual({ start: 200, end: 800 });
  expect(windowBetween(-50, 400, 1000)).toEqual({ start: 0, end: 450 });
  expect(windowBetween(990, 990, 1000)).toEqual({ start: 900, end: 1000 });
});

test('zooming keeps the time under the pointer in its place', () => {
  const before = { start: 2000, end: 6000 };
  const after = zoomAround(before, 3000, 0.5, 10_000);
  expect(after).toEqual({ start: 2500, end: 4500 });
  expect(toPixel(3000, after, 100)).toBe(toPixel(3000, before, 100));
});

test('no zooming or panning leads out of the trace', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.array(fc.tuple(fc.double({ min: 0.1, max: 8, noNaN: true }), fc.integer({ min: -900_000, max: 900_000 })), {
        maxLength: 8,
      }),
      (duration, moves) => {
        let window = fullWindow(duration);
        for (const [factor, by] of moves) {
          window = panBy(zoomAround(window, (window.start + window.end) / 2, factor, duration), by, duration);
          expect(window.start).toBeGreaterThanOrEqual(-1e-6);
          expect(window.end).toBeLessThanOrEqual(Math.max(duration, 1) + 1e-6);
          expect(window.end).toBeGreaterThan(window.start);
        }
      },
    ),
  );
});

test('zooming onto a span leaves air on both sides', () => {
  const window = windowOnto({ start: 4000, end: 5000 }, 10_000);
  expect(window).toEqual({ start: 3920, end: 5080 });
  expect(isFullWindow(window, 10_000)).toBe(false);
  expect(isFullWindow(fullWindow(10_000), 10_000)).toBe(true);
});
