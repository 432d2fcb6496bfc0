import type { SearchParameters, Span, TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ReadableStore } from '../store/store.ts';
import { search } from './search.ts';
import { modelSearch } from './search-model.fixture.ts';
import { parseSearch } from './search-query.ts';
import {
  arbitrarySearch,
  arbitraryTraces,
  at,
  base,
  bySlices,
  everything,
  from,
  minuteNano,
  searchAll,
  spanOf,
  strings,
  traceIdOf,
} from './searched-spans.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

describe('against the naive model', () => {
  let fixture: StoreFixture;
  const traces = fc.sample(arbitraryTraces(), { numRuns: 1, seed: 42 })[0] as TracesData;
  let slicedStore: ReadableStore;

  beforeAll(async () => {
    fixture = await openStoreFixture();
    await fixture.insert(traces);
    slicedStore = bySlices(fixture.store);
  });
  afterAll(() => fixture.remove());

  test('every search, over all its pages, finds the same traces in the same order', async () => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(arbitrarySearch(), async (asked) => {
        const expected = modelSearch(traces, parseSearch(asked));
        hits += expected.length > 0 ? 1 : 0;
        expect(await searchAll(fixture.store, asked)).toEqual(expected);
        if (asked.attribute) expect(await searchAll(slicedStore, asked)).toEqual(expected);
      }),
      { numRuns: 100, seed: 7 },
    );
    expect(hits).toBeGreaterThan(50);
  }, 60_000);
});

describe('a search', () => {
  let fixture: StoreFixture;
  beforeAll(async () => {
    fixture = await openStoreFixture();
  });
  afterAll(() => fixture.remove());

  test('of an empty store finds nothing', async () => {
    expect(await search(fixture.store, parseSearch({}))).toEqual({ traces: [] });
    expect(await search(fixture.store, parseSearch({ order: 'longest', attribute: ['a=b'] }))).toEqual({ traces: [] });
  });

  test('counts a span once, however often it was sent', async () => {
    const service = 'sent twice';
    const root = spanOf(traceIdOf(900), 1, { status: { code: 2 } });
    const sent = { resourceSpans: [from(service, [root, spanOf(traceIdOf(900), 2)])] };
    await fixture.insert(sent);
    await fixture.insert(sent);
    for (const order of ['newest', 'most-spans'] as const) {
      const { traces } = await search(fixture.store, parseSearch({ ...everything, service, order }));
      expect(traces).toMatchObject([{ spanCount: 2, errorCount: 1, matchedSpanCount: 2 }]);
    }
  });

  test('finds a trace with more spans than are read to summarize it', async () => {
    const large = traceIdOf(700);
    const parts = Array.from({ length: 2000 }, (_, i) =>
      spanOf(large, i + 1, { ...at(BigInt(i), 5n), status: { code: i % 100 === 99 ? 2 : 0 } }),
    );
    const traces: TracesData = {
      resourceSpans: [
        from('large', parts.slice(0, 1500)),
        from('larger', parts.slice(1500)),
        from('large', [spanOf(traceIdOf(701), 1, at(5000n, 5n)), spanOf(traceIdOf(702), 1, at(-5000n, 5n))]),
      ],
    };
    await fixture.insert(traces);
    const expectAllFound = async (): Promise<void> => {
      for (const asked of [
        { service: 'large' },
        { service: 'larger' },
        { service: 'large', status: 'error' as const },
      ]) {
        for (const order of ['newest', 'oldest', 'most-spans'] as const) {
          const parameters = { ...everything, ...asked, order, limit: 1 };
          const expected = modelSearch(traces, parseSearch(parameters));
          expect(expected.length).toBeGreaterThan(0);
          expect(await searchAll(fixture.store, parameters)).toEqual(expected);
        }
      }
    };
    const asked = vi.spyOn(fixture.store, 'query');
    await expectAllFound();
    const addedUp = asked.mock.calls.filter(([sql]) => sql.includes('uniqExactIf'));
    asked.mockRestore();
    // Once, by however many searches it is found.
    expect(addedUp.length).toBe(1);
    const read = vi.spyOn(fixture.store, 'queryBlocks');
    await searchAll(fixture.store, { ...everything, service: 'large', order: 'most-spans' });
    const readAgain = read.mock.calls.flatMap(([, values]) => values?.traceIds ?? []);
    read.mockRestore();
    expect(readAgain).toContain(traceIdOf(701));
    expect(readAgain).not.toContain(large);
    const later = { resourceSpans: [from('large', [spanOf(large, 5000, { ...at(9000n, 50n), status: { code: 2 } })])] };
    await fixture.insert(later);
    traces.resourceSpans.push(...later.resourceSpans);
    await expectAllFound();
    // As many as before, but others.
    await fixture.store.deleteSpans({ service: 'larger', receivedBeforeMs: Date.now() + 3_600_000 });
    const others = from(
      'larger',
      Array.from({ length: 500 }, (_, i) => spanOf(large, 6000 + i, at(20_000n, 500n))),
    );
    await fixture.insert({ resourceSpans: [others] });
    traces.resourceSpans[1] = others;
    await expectAllFound();
  });

  test('looks at the parts of a minute that have spans of the seconds that are asked for', async () => {
    const second = 1_000_000_000n;
    // Fewer would have no indexes before they are merged.
    const spansAt = (start: bigint, firstTrace: number) =>
      Array.from({ length: 9000 }, (_, i) => spanOf(traceIdOf(firstTrace + i), 1, at(start + BigInt(i), 5n)));
    // Of no other test.
    const minute = 700n * minuteNano - (base % minuteNano);
    for (const [index, seconds] of [5n, 45n].entries())
      await fixture.insert({
        resourceSpans: [from('busy', spansAt(minute + seconds * second, 40_000 + index * 9000))],
      });
    const [read] = await fixture.store.query<{ rows: string }>(
      'EXPLAIN ESTIMATE SELECT trace_id FROM spans WHERE start_unix_nano BETWEEN {start:UInt64} AND {end:UInt64}',
      { start: String(base + minute + 40n * second), end: String(base + minute + 50n * second) },
    );
    expect(Number(read?.rows)).toBe(9000);
  });

  test('finds a trace once, by the first of matches that lie far apart', async () => {
    const spans = [-3000n, -1500n, 0n].map((minutes, i) =>
      spanOf(traceIdOf(800), i + 1, { ...at(minutes * minuteNano, 5n), attributes: strings({ apart: 'yes' }) }),
    );
    // The more spans there are, the shorter are the slices of time that are looked at.
    const others = Array.from({ length: 2000 }, (_, i) => spanOf(traceIdOf(30_000 + i), 1, at(BigInt(i), 5n)));
    await fixture.insert({ resourceSpans: [from('apart', [...spans, ...others])] });
    for (const order of ['newest', 'oldest'] as const) {
      for (const store of [fixture.store, bySlices(fixture.store)]) {
        const found = await searchAll(store, { ...everything, attribute: ['apart=yes'], order });
        expect(found).toMatchObject([{ traceId: traceIdOf(800), matchedSpanCount: 3 }]);
      }
    }
  });

  test('wants one span to fulfil all conditions, not several together', async () => {
    const id = traceIdOf(1);
    await fixture.insert({
      resourceSpans: [
        from('front', [spanOf(id, 1, { attributes: strings({ user: 'ada' }) })]),
        from('back', [spanOf(id, 2, { status: { code: 2 }, attributes: strings({ user: 'bob' }) })]),
      ],
    });
    const found = async (asked: SearchParameters): Promise<number> =>
      (await search(fixture.store, parseSearch({ ...everything, ...asked }))).traces.length;
    expect(await found({ service: 'front', attribute: ['user=ada'] })).toBe(1);
    expect(await found({ service: 'back', attribute: ['user=bob'], status: 'error' })).toBe(1);
    expect(await found({ service: 'front', attribute: ['user=bob'] })).toBe(0);
    expect(await found({ service: 'front', status: 'error' })).toBe(0);
    expect(await found({ attribute: ['user=ada', 'user=bob'] })).toBe(0);
  });

  test.each(['newest', 'oldest', 'longest', 'most-spans'] as const)(
    'by %s misses and repeats nothing while spans keep coming between its pages',
    async (order) => {
      const service = `pages by ${order}`;
      const ids = Array.from({ length: 30 }, (_, i) => traceIdOf(1000 + i));
      const insert = (spans: Span[]): Promise<void> => fixture.insert({ resourceSpans: [from(service, spans)] });
      await insert(ids.map((id, i) => spanOf(id, 1, at(minuteNano * BigInt(i), 1000n + BigInt(i)))));
      const seen: string[] = [];
      let cursor: string | undefined;
      for (let page = 0; ; page++) {
        const asked = { ...everything, service, order, limit: 4, ...(cursor ? { cursor } : {}) };
        const answer = await search(fixture.store, parseSearch(asked));
        seen.push(...answer.traces.map((trace) => trace.traceId));
        cursor = answer.nextCursor;
        if (!cursor) break;
        // Late spans that would move every trace in every order, and new traces on either side.
        await insert([
          ...ids.map((id, i) => spanOf(id, 10 + page, at(minuteNano * BigInt(29 - i), 5000n * BigInt(page + 1 + i)))),
          spanOf(traceIdOf(5000 + page), 1, at(minuteNano * 40n, 1n)),
          spanOf(traceIdOf(6000 + page), 1, at(-minuteNano, 1_000_000n)),
        ]);
      }
      expect(seen).toHaveLength(30);
      expect(new Set(seen)).toEqual(new Set(ids));
    },
  );

  test('looks up many matching traces without naming each, with the same answer', async () => {
    const service = 'many';
    const spans = Array.from({ length: 2500 }, (_, i) =>
      spanOf(traceIdOf(10_000 + i), 1, {
        ...at(BigInt(i), 1_000_000n + BigInt((i * 7919) % 2500)),
        attributes: strings({ many: 'yes' }),
      }),
    );
    await fixture.insert({ resourceSpans: [from(service, spans)] });
    for (const condition of [{ service }, { attribute: ['many=yes'] }]) {
      const found = await searchAll(fixture.store, { ...everything, ...condition, order: 'longest', limit: 1000 });
      const durations = found.map((trace) => Number(trace.durationNano));
      expect(durations).toEqual(Array.from({ length: 2500 }, (_, i) => 1_002_499 - i));
    }
  });

  test('says of many traces at once what there is to say', async () => {
    const [traceCount, spanCount] = [400, 40];
    const spans = Array.from({ length: traceCount * spanCount }, (_, i) =>
      spanOf(traceIdOf(20_000 + (i % traceCount)), 1 + Math.floor(i / traceCount), at(BigInt(i), 5n)),
    );
    await fixture.insert({ resourceSpans: [from('crowd', spans)] });
    const asked = vi.spyOn(fixture.store, 'query');
    const { traces } = await search(fixture.store, parseSearch({ ...everything, service: 'crowd', limit: 1000 }));
    expect(traces.map((trace) => trace.spanCount)).toEqual(Array(traceCount).fill(spanCount));
    expect(asked.mock.calls.length).toBeLessThan(20);
    asked.mockRestore();
  });

  test('refuses a cursor that is none, and one of another search', async () => {
    const asked = (more: SearchParameters): Promise<unknown> =>
      search(fixture.store, parseSearch({ ...everything, limit: 1, ...more }));
    await expect(asked({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-cursor', field: 'cursor' });
    const { nextCursor } = (await asked({})) as { nextCursor: string };
    await expect(asked({ cursor: nextCursor })).resolves.toBeDefined();
    await expect(asked({ cursor: nextCursor, service: 'x' })).rejects.toMatchObject({
      code: 'cursor-of-another-search',
    });
  });
});
