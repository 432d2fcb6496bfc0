import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { findKindMetrics, type KindMetrics, type KindMetricsQuery } from './kind-metrics.ts';
import { arbitrarySpans, hourUnixNano, type PlainSpan, percentileOf, tracesOf } from './span-metrics.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

let stored: StoreFixture | undefined;
afterEach(() => stored?.remove());

const hourUnix = Number(hourUnixNano / 1_000_000_000n);
const secondOf = ({ startUnixNano }: PlainSpan): number => Number(startUnixNano / 1_000_000_000n);

/** The plain way: every span is looked at for every point. */
function counted(spans: readonly PlainSpan[], query: KindMetricsQuery): KindMetrics[] {
  const asked = spans.filter(({ service, kind }) => query.services.includes(service) && query.kinds.includes(kind));
  const keyOf = ({ service, name }: PlainSpan): string => JSON.stringify(query.byName ? [service, name] : [service]);
  return [...new Set(asked.map(keyOf))].flatMap((key) => {
    const [service = '', name] = JSON.parse(key) as string[];
    const windows = Array.from({ length: query.count }, (_, k) => {
      const end = query.firstUnix + k * query.stepSeconds;
      return asked.filter((span) => {
        const second = secondOf(span);
        return keyOf(span) === key && second >= end - query.windowSeconds && second < end;
      });
    });
    if (windows.every(({ length }) => length === 0)) return [];
    return {
      service,
      ...(name !== undefined && { name }),
      calls: windows.map(({ length }) => length),
      errors: windows.map((window) => window.filter(({ isError }) => isError).length),
      latenciesNano: windows.map((window) => (window.length === 0 ? null : percentileOf(window, query.quantile))),
    };
  });
}

function byKey(all: KindMetrics[]): KindMetrics[] {
  return [...all].sort((a, b) => (JSON.stringify([a.service, a.name]) < JSON.stringify([b.service, b.name]) ? -1 : 1));
}

test('agrees with counting every span at every point', async () => {
  stored = await openStoreFixture();
  const spans = fc.sample(arbitrarySpans, { numRuns: 8, seed: 5 }).flat();
  const unique = spans.map((span, i) => ({ ...span, traceId: (i + 1).toString(16).padStart(32, '0') }));
  await stored.insert(tracesOf(unique));
  for (const [quantile, windowMinutes, stepMinutes, byName] of [
    [0.5, 10, 1, true],
    [0.75, 1, 5, true],
    [0.95, 7, 3, false],
    [1, 60, 60, false],
  ] as const) {
    const query: KindMetricsQuery = {
      services: ['cart', 'mail'],
      kinds: [2, 3],
      byName,
      quantile,
      firstUnix: hourUnix + 300,
      stepSeconds: stepMinutes * 60,
      count: 12,
      windowSeconds: windowMinutes * 60,
    };
    const found = byKey(await findKindMetrics(stored.store, query));
    const expected = byKey(counted(unique, query));
    expect(found.map(({ latenciesNano: _, ...rest }) => rest)).toEqual(
      expected.map(({ latenciesNano: _, ...rest }) => rest),
    );
    for (const [i, { latenciesNano }] of found.entries()) {
      for (const [k, nano] of latenciesNano.entries()) expectNear(nano, expected[i]?.latenciesNano[k] ?? null);
    }
  }
});

function expectNear(nano: number | null, exact: number | null): void {
  if (exact === null) expect(nano).toBeNull();
  else expect(Math.abs((nano ?? Number.NaN) - exact)).toBeLessThanOrEqual(exact * 0.0325);
}
