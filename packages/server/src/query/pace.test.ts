import type { SearchParameters, SearchResponse } from '@sightline/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';
import { at, base, from, minuteNano, spanOf, traceIdOf } from './searched-spans.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

const secondNano = 1_000_000_000n;
const spanCount = 7200;
let fixture: StoreFixture;

/** Two hours of a span a second, of which each thirtieth is slow. */
beforeAll(async () => {
  fixture = await openStoreFixture();
  const spans = Array.from({ length: spanCount }, (_, i) =>
    spanOf(traceIdOf(i + 1), 1, at(BigInt(i) * secondNano, i % 30 === 0 ? secondNano : 10n)),
  );
  await fixture.insert({ resourceSpans: [from('shop', spans)] });
});
afterAll(() => fixture.remove());

/** Of those that last a second; each test has another `maxDuration`, so that no search knows of another's. */
function slowOnes(more: SearchParameters): SearchParameters {
  return { service: 'shop', minDuration: '1s', start: '0', end: String(base + 200n * minuteNano), ...more };
}

/** How long the slices were that it looked at, in seconds. */
async function slicesOf(asked: SearchParameters): Promise<{ answer: SearchResponse; seconds: number[] }> {
  const spies = [vi.spyOn(fixture.store, 'query'), vi.spyOn(fixture.store, 'queryBlocks')];
  const answer = await search(fixture.store, parseSearch(asked));
  const values = spies.flatMap((spy) => spy.mock.calls.map(([, params]) => params));
  for (const spy of spies) spy.mockRestore();
  const seconds = values.flatMap((params) =>
    params?.sliceStart
      ? [Number((BigInt(String(params.sliceEnd)) - BigInt(String(params.sliceStart))) / secondNano)]
      : [],
  );
  return { answer, seconds };
}

test('a search that was made before looks as far back as it had to, at once', async () => {
  const asked = slowOnes({ maxDuration: '2s' });
  const first = await slicesOf(asked);
  expect(first.answer.traces).toHaveLength(20);
  expect(first.seconds.length).toBeGreaterThan(1);
  const second = await slicesOf(asked);
  expect(second.answer.traces).toEqual(first.answer.traces);
  expect(second.seconds).toHaveLength(1);
  // 21 of them, one in thirty seconds, and more than half as much again.
  expect(second.seconds[0]).toBeGreaterThan(21 * 30 * 1.4);
  expect(second.seconds[0]).toBeLessThan(21 * 30 * 2);
});

test('the next page is looked for in one slice, too', async () => {
  const asked = slowOnes({ maxDuration: '3s' });
  const { answer } = await slicesOf(asked);
  const next = await slicesOf({ ...asked, ...(answer.nextCursor && { cursor: answer.nextCursor }) });
  expect(next.answer.traces).toHaveLength(20);
  expect(next.seconds).toHaveLength(1);
});

test.each<[string, SearchParameters]>([
  ['asks for something else', { maxDuration: '5s' }],
  ['goes the other way', { order: 'oldest' }],
  ['looks at another time', { end: String(base + 60n * minuteNano) }],
])('a search that %s is not concerned', async (_, other) => {
  const asked = slowOnes({ maxDuration: '4s' });
  for (let turn = 0; turn < 2; turn++) await slicesOf(asked);
  const { seconds } = await slicesOf({ ...asked, ...other });
  expect(seconds.length).toBeGreaterThan(1);
});

test('where fewer were found than a page has, nothing is learned', async () => {
  const asked = slowOnes({ maxDuration: '6s', limit: 1000 });
  const [first, second] = [await slicesOf(asked), await slicesOf(asked)];
  expect(first.answer.traces).toHaveLength(spanCount / 30);
  expect(second.seconds).toEqual(first.seconds);
});
