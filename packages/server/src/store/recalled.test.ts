import { expect, test } from 'vitest';
import { Recalled } from './recalled.ts';

/** Answers with how often it was asked. */
function counting(): () => Promise<number[]> {
  let count = 0;
  return async () => [++count];
}

test('an answer serves until it is too old, also those who ask while it is on its way', async () => {
  const recalled = new Recalled();
  const ask = counting();
  expect(await Promise.all([recalled.answer('a', 1000, ask), recalled.answer('a', 1000, ask)])).toEqual([[1], [1]]);
  expect(await recalled.answer('a', 1000, ask)).toEqual([1]);
  expect(await recalled.answer('b', 1000, ask)).toEqual([2]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await recalled.answer('a', 10, ask)).toEqual([3]);
});

test('a failure is for those who waited for it, and for nobody after them', async () => {
  const recalled = new Recalled();
  const fail = () => Promise.reject(new Error('away'));
  await expect(recalled.answer('a', 1000, fail)).rejects.toThrow('away');
  expect(await recalled.answer('a', 1000, counting())).toEqual([1]);
});

test('a hundred answers are kept: those that were asked for last', async () => {
  const recalled = new Recalled();
  const answerTo = (i: number, made: unknown = i): Promise<unknown> => recalled.answer(`${i}`, 1000, async () => made);
  for (let i = 0; i < 100; i++) await answerTo(i);
  expect(await answerTo(0, 'new')).toBe(0);
  await answerTo(100);
  expect(await answerTo(100, 'new')).toBe(100);
  expect(await answerTo(0, 'new')).toBe(0);
  expect(await answerTo(1, 'new')).toBe('new');
});

test('an answer that does not last is only for those who waited for it', async () => {
  const recalled = new Recalled();
  const ask = counting();
  const ofTwo = (): Promise<number[]> => recalled.answer('a', 1000, ask, ([count]) => count === 2);
  expect(await Promise.all([ofTwo(), ofTwo()])).toEqual([[1], [1]]);
  expect([await ofTwo(), await ofTwo()]).toEqual([[2], [2]]);
});
