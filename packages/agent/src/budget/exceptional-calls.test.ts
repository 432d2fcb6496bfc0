import { expect, test } from 'vitest';
import { ExceptionalCalls } from './exceptional-calls.ts';

/** A generator of its own, so that a test fails every time or never. */
function durations(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + 9 * (state / 2 ** 32); // 1 to 10 ms, evenly
  };
}

test('failed requests are kept, as many as the budget affords in a second', () => {
  const calls = new ExceptionalCalls(1);
  const kept = Array.from({ length: 600 }, () => calls.judge(1, true));
  expect(kept.filter((reason) => reason === 'error')).toHaveLength(500);
  calls.renew();
  expect(calls.judge(1, true)).toBe('error');
});

test('what takes longer than a second is slow, whatever the others take', () => {
  const calls = new ExceptionalCalls(1);
  expect([1_500, 1_500, 1_500].map((ms) => calls.judge(ms, false))).toEqual(['slow', 'slow', 'slow']);
});

test('about one request in a hundred is slow, and it is one of the slowest', () => {
  const calls = new ExceptionalCalls(100);
  const next = durations(7);
  for (let i = 0; i < 5_000; i++) calls.judge(next(), false);
  const slow: number[] = [];
  for (let i = 0; i < 20_000; i++) {
    const durationMs = next();
    calls.renew();
    if (calls.judge(durationMs, false) === 'slow') slow.push(durationMs);
  }
  expect(slow.length).toBeGreaterThan(100);
  expect(slow.length).toBeLessThan(400);
  expect(Math.min(...slow)).toBeGreaterThan(8.5);
});

test('what is slow follows the program', () => {
  const calls = new ExceptionalCalls(100);
  const next = durations(3);
  const judge = (durationMs: number): unknown => {
    calls.renew();
    return calls.judge(durationMs, false);
  };
  for (let i = 0; i < 5_000; i++) judge(next());
  expect(judge(50)).toBe('slow');
  for (let i = 0; i < 5_000; i++) judge(10 * next());
  expect(judge(50)).toBeUndefined();
});
