import type { Span } from '@sightline/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { search } from '../search.ts';
import { parseSearch } from '../search-query.ts';
import { at, base, everything, from, spanOf, strings, traceIdOf } from '../searched-spans.fixture.ts';
import { openStoreFixture, type StoreFixture } from '../store.fixture.ts';

/** More than are read to summarize a page here. */
const many = 6_500;

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
  const books = strings({ book: 'Emma', 'loan.id': '7' });
  const other = spanOf(traceIdOf(1), 1, { ...at(0n, 900n), name: 'other' });
  // Not in the order of time, two of them at once, and one of them sent again.
  const matching = [
    [2, 50n],
    [3, 10n],
    [5, 30n],
    [4, 30n],
    [6, 70n],
  ] as const;
  const few = matching.map(([id, start]) => spanOf(traceIdOf(1), id, { ...at(start, 5n), attributes: books }));
  const large = Array.from({ length: many }, (_, i) =>
    spanOf(traceIdOf(2), i + 1, { ...at(1000n + BigInt(many - i), 5n), ...(i < 5 && { attributes: books }) }),
  );
  await fixture.insert({ resourceSpans: [from('loans', [other, ...few, ...large])] });
  await fixture.insert({ resourceSpans: [from('loans', [few[1] as Span, ...large.slice(3, 5), ...large.slice(-2)])] });
});
afterAll(() => fixture.remove());

const hexOf = (id: number): string => id.toString(16).padStart(16, '0');

const queries = [
  '{ span.book = "Emma" }',
  '{ span.loan.id = "7" }',
  '{ resource.service.name = "loans" && name != "other" } | select(span.book)',
];

test.for((['newest', 'longest'] as const).flatMap((order) => queries.map((q) => [order, q] as const)))(
  '%s first, %s: the first matching spans are answered with',
  async ([order, q]) => {
    const readings = vi.spyOn(fixture.store, 'query');
    const { traces } = await search(fixture.store, parseSearch({ ...everything, order, q }));
    const asked = readings.mock.calls.filter(([sql]) => sql.includes('LIMIT {spansPerSpanSet'));
    readings.mockRestore();
    const setOf = (number: number) => traces.find(({ traceId }) => traceId === traceIdOf(number))?.spanSets?.[0];
    expect(setOf(1)?.matchedSpanCount).toBe(5);
    expect(setOf(1)?.spans.map(({ spanId }) => spanId)).toEqual([3, 4, 5].map(hexOf));
    const named = q.includes('loan.id') ? strings({ 'loan.id': '7' }) : strings({ book: 'Emma' });
    expect(setOf(1)?.spans[0]).toMatchObject({ serviceName: 'loans', durationNano: '5' });
    expect(setOf(1)?.spans[0]?.attributes).toEqual(expect.arrayContaining(named));
    const isAny = q.includes('name !=');
    expect(setOf(2)?.matchedSpanCount).toBe(isAny ? many : 5);
    expect(setOf(2)?.spans.map(({ spanId }) => spanId)).toEqual(
      (isAny ? [many, many - 1, many - 2] : [5, 4, 3]).map(hexOf),
    );
    // Of the large trace alone, which ClickHouse adds up; again, since some of them were sent twice.
    expect(asked.map(([, values]) => values?.traceIds)).toEqual([[traceIdOf(2)], [traceIdOf(2)]]);
  },
);

test.for(queries)('%s: only spans in the range of time are answered with', async (q) => {
  const asked = { ...everything, start: String(base + 20n), end: String(base + 900n), q };
  const { traces } = await search(fixture.store, parseSearch(asked));
  expect(traces.map(({ traceId }) => traceId)).toEqual([traceIdOf(1)]);
  expect(traces[0]?.spanSets?.[0]?.matchedSpanCount).toBe(4);
  expect(traces[0]?.spanSets?.[0]?.spans.map(({ spanId }) => spanId)).toEqual([4, 5, 2].map(hexOf));
});
