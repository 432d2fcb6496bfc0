import { expect, test } from 'vitest';
import { guard, isOff } from './guard.ts';

test('arguments and result pass through', () => {
  expect(guard('test.pass', (a: number, b: number) => a + b)(1, 2)).toBe(3);
});

test('what is thrown inside stays inside', () => {
  const guarded = guard('test.throw', () => {
    throw new Error('inside');
  });
  expect(guarded()).toBeUndefined();
  expect(isOff('test.throw')).toBe(false);
});

test('after ten failures all entries of that name are off, and others are not', () => {
  let calls = 0;
  const failing = guard('test.failing', () => {
    calls++;
    throw new Error('inside');
  });
  const sibling = guard('test.failing', () => 'works');
  for (let i = 0; i < 9; i++) failing();
  expect(sibling()).toBe('works');
  failing();
  expect(isOff('test.failing')).toBe(true);
  failing();
  expect(calls).toBe(10);
  expect(sibling()).toBeUndefined();
  expect(guard('test.other', () => 'works')()).toBe('works');
});

test('up to four arguments pass through', () => {
  const given = (...values: unknown[]): unknown[] => values;
  expect(guard('test.none', () => given())()).toEqual([]);
  expect(guard('test.three', (a: number, b: number, c: number) => given(a, b, c))(1, 2, 3)).toEqual([1, 2, 3]);
  const four = guard('test.four', (a: number, b: number, c: number, d: number) => given(a, b, c, d));
  expect(four(1, 2, 3, 4)).toEqual([1, 2, 3, 4]);
});
