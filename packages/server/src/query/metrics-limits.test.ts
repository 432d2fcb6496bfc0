import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryMetrics } from './metrics.ts';
import { parseMetricsRequest } from './metrics-query.ts';
import { hourUnixNano, tracesOf } from './span-metrics.fixture.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await openStoreFixture();
  await fixture.insert(
    tracesOf(
      Array.from({ length: 1000 }, (_, index) => ({
        service: 'shop',
        name: index < 100 ? `few-${index}` : `many-${index}`,
        kind: 2,
        traceId: (index + 1).toString(16).padStart(32, '0'),
        spanId: (index + 1).toString(16).padStart(16, '0'),
        isParentRemote: false,
        startUnixNano: hourUnixNano + BigInt(index) * 1_000_000_000n,
        durationNano: 1_000n,
        isError: index === 0,
      })),
    ),
  );
});
afterAll(() => fixture.remove());

/** Over 11,000 steps, the most that there may be. */
async function ask(q: string): Promise<number> {
  const endUnixNano = hourUnixNano + 10_999_000_000_000n;
  const times = { start: String(hourUnixNano), end: String(endUnixNano), step: '1s' };
  const { series } = await queryMetrics(fixture.store, parseMetricsRequest({ q, ...times, exemplars: 0 }));
  return series.length;
}

test.each([
  ['counted by ClickHouse', '{ } | rate() by (name)'],
  ['counted here', '({ } && { }) | rate() by (name)'],
  ['each quantile one', '{ name =~ "many-[1-4].*" } | quantile_over_time(duration, .1, .5, .9) by (name)'],
  [
    'each quantile one, counted here',
    '({ name =~ "many-[1-4].*" } && { }) | quantile_over_time(duration, .1, .5, .9) by (name)',
  ],
  ['though few are answered', '{ } | rate() by (name) | topk(1)'],
])('more series than can be held, %s, are told before they are made', async (_, q) => {
  await expect(ask(q)).rejects.toMatchObject({
    code: 'query-too-expensive',
    message:
      'The query has more than 909 series of 11,000 steps: group by what has fewer values, make the steps longer, or narrow its time range or its conditions.',
  });
});

test('so are more values than can be compared', async () => {
  await expect(ask('{ } | compare({ status = error }, 1000)')).rejects.toMatchObject({
    code: 'query-too-expensive',
    message: expect.stringContaining('more than 909 series'),
  });
});

test('of those that can be held, as many are answered as can be read', async () => {
  const few = '{ name =~ "few-.*" } | rate() by (name)';
  await expect(ask(few)).rejects.toMatchObject({
    code: 'query-too-expensive',
    message: expect.stringContaining('more than 90 series of 11,000 steps: keep the largest, | topk(10), make'),
  });
  expect(await ask(`${few} > 1`)).toBe(0);
  expect(await ask('{ name =~ "few-." } | rate() by (name) | topk(1)')).toBe(10);
});
