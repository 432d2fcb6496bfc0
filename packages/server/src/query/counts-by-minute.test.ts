import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryMetrics } from './metrics.ts';
import { parseMetricsRequest } from './metrics-query.ts';
import { arbitrarySpans, hourUnixNano, type PlainSpan, tracesOf } from './span-metrics.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

let fixture: StoreFixture;
let spans: PlainSpan[];
beforeAll(async () => {
  fixture = await openStoreFixture();
  const batches = fc.sample(arbitrarySpans, { numRuns: 20, seed: 1 });
  spans = batches.flat();
  // Some are merged, and so counted, and some are not.
  for (const batch of batches) await fixture.insert(tracesOf(batch));
  const merged = "SELECT 1 FROM system.parts WHERE active AND has(projections, 'minutes')";
  while ((await fixture.store.query(merged)).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
}, 30_000);
afterAll(() => fixture.remove());

const stepsNano = { '1m': 60_000_000_000n, '7m': 420_000_000_000n, '1h': 3_600_000_000_000n, '90s': 90_000_000_000n };

/** In nanoseconds from the first span on, mostly not at the begin of a minute. */
const arbitraryTime = fc.oneof(fc.bigInt(0n, 3n * 3_600_000_000_000n), fc.constantFrom(0n, 60_000_000_000n));

test('spans are counted by the step, wherever the time range begins and ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      arbitraryTime,
      arbitraryTime,
      fc.constantFrom(...(Object.keys(stepsNano) as (keyof typeof stepsNano)[])),
      fc.constantFrom('{ }', '{ status = error }', '{ name = "work" }', '{ kind = server && duration > 1s }'),
      async (one, other, step, filter) => {
        const [start, end] = one < other ? [one, other] : [other, one];
        const range = { startUnixNano: hourUnixNano + start, endUnixNano: hourUnixNano + end };
        const request = parseMetricsRequest({
          q: `${filter} | count_over_time() by (resource.service.name)`,
          start: String(range.startUnixNano),
          end: String(range.endUnixNano),
          step,
          exemplars: 0,
        });
        const { series } = await queryMetrics(fixture.store, request);
        const counted = Object.fromEntries(
          series.map(({ labels, values }) => [String(labels[0]?.value.stringValue), values]),
        );
        expect(counted).toEqual(countedHere(filter, range, stepsNano[step]));
      },
    ),
    { numRuns: 60 },
  );
});

const filters: Record<string, (span: PlainSpan) => boolean> = {
  '{ }': () => true,
  '{ status = error }': ({ isError }) => isError,
  '{ name = "work" }': ({ name }) => name === 'work',
  '{ kind = server && duration > 1s }': ({ kind, durationNano }) => kind === 2 && durationNano > 1_000_000_000n,
};

function countedHere(
  filter: string,
  { startUnixNano, endUnixNano }: { startUnixNano: bigint; endUnixNano: bigint },
  stepNano: bigint,
): Record<string, number[]> {
  const begin = startUnixNano - (startUnixNano % stepNano);
  const stepCount = Number((endUnixNano - begin) / stepNano) + 1;
  const counted: Record<string, number[]> = {};
  for (const span of spans) {
    if (span.startUnixNano < startUnixNano || span.startUnixNano > endUnixNano || !filters[filter]?.(span)) continue;
    counted[span.service] ??= Array<number>(stepCount).fill(0);
    const values = counted[span.service] as number[];
    const step = Number((span.startUnixNano - begin) / stepNano);
    values[step] = (values[step] ?? 0) + 1;
  }
  return counted;
}

test('whole minutes are taken from what ClickHouse has counted', async () => {
  const asked: string[] = [];
  const store: typeof fixture.store = Object.assign(Object.create(fixture.store), {
    async query(sql: string, params: Record<string, unknown>) {
      if (sql.includes('UNION ALL')) {
        const plan = await fixture.store.query<{ explain: string }>(`EXPLAIN ${sql}`, params);
        asked.push(plan.map(({ explain }) => explain).join('\n'));
      }
      return fixture.store.query(sql, params);
    },
    recall: fixture.store.recall.bind(fixture.store),
    receivedUntilMs: fixture.store.receivedUntilMs.bind(fixture.store),
  });
  const request = parseMetricsRequest({
    q: '{ kind = server } | rate() by (resource.service.name, status)',
    start: String(hourUnixNano - 1n),
    end: String(hourUnixNano + 3n * 3_600_000_000_000n),
    step: undefined,
    exemplars: 0,
  });
  await queryMetrics(store, request);
  expect(asked.join()).toContain('ReadFromMergeTree (minutes)');
});
