import type { TracesData } from '@sightline/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { recentRate } from './recent-rate.ts';
import { search } from './search.ts';
import { parseSearch } from './search-query.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';
import { nowUnixNano } from './time-range.ts';

const secondNano = 1_000_000_000n;
let fixture: StoreFixture;
let traceCount = 0;

beforeAll(async () => {
  fixture = await openStoreFixture();
  await fixture.insert(spansOf('busy', 50, nowUnixNano() - 5n * secondNano));
  await fixture.insert(spansOf('mixed', 40, nowUnixNano() - 5n * secondNano, 'often'));
  await fixture.insert(spansOf('mixed', 10, nowUnixNano() - 5n * secondNano, 'seldom'));
  await fixture.insert(spansOf('quiet', 50, nowUnixNano() - 120n * secondNano));
});
afterAll(() => fixture.remove());

function spansOf(service: string, count: number, startUnixNano: bigint, name = 'work'): TracesData {
  const spans = Array.from({ length: count }, () => ({
    traceId: `${++traceCount}`.padStart(32, '0'),
    spanId: '1'.repeat(16),
    name,
    startTimeUnixNano: String(startUnixNano),
    endTimeUnixNano: String(startUnixNano),
  }));
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] };
}

function rateOf(service: string, endUnixNano: bigint = nowUnixNano()): Promise<bigint | undefined> {
  return recentRate(fixture.store, { service }, { startUnixNano: 0n, endUnixNano });
}

test('what came in the last minute has a rate, by how it comes now and not in the hours before', async () => {
  const rate = (await rateOf('busy')) ?? 0n;
  expect(rate, 'all at once, at the end of a minute').toBeGreaterThanOrEqual((5n * secondNano) / 50n);
  expect(rate).toBeLessThan((61n * secondNano) / 50n);
});

test('of a name, as much as it had of its service so far', async () => {
  const range = { startUnixNano: 0n, endUnixNano: nowUnixNano() };
  const ofName = async (name: string): Promise<number> =>
    Number((await recentRate(fixture.store, { service: 'mixed', name }, range)) ?? 0n);
  const often = await ofName('often');
  expect(often).toBeGreaterThan(0);
  expect(often).toBeLessThan(Number(61n * secondNano) / 40);
  expect((await ofName('seldom')) / often).toBeCloseTo(4, 5);
});

test('what is silent, not there, or asked for in the past has none', async () => {
  expect(await rateOf('quiet')).toBeUndefined();
  expect(await rateOf('nobody')).toBeUndefined();
  expect(await rateOf('busy', nowUnixNano() - 600n * secondNano)).toBeUndefined();
});

test('a search of what comes all the time asks for traces and their spans at once, and nothing else', async () => {
  const find = (): Promise<unknown> => search(fixture.store, parseSearch({ service: 'busy', start: '0' }));
  await find();
  const asked = [vi.spyOn(fixture.store, 'query'), vi.spyOn(fixture.store, 'queryBlocks')];
  await find();
  const statements = asked.flatMap(({ mock }) => mock.calls.map(([sql]) => sql));
  expect(statements).toEqual([expect.stringContaining('SELECT trace_id FROM spans')]);
  for (const spy of asked) spy.mockRestore();
});

test.each(['busy', 'quiet', 'new'])(
  'of the service %s, spans that come after the rates were asked for are found',
  async (service) => {
    const find = async (): Promise<number> =>
      (await search(fixture.store, parseSearch({ service, start: '0', limit: 200 }))).traces.length;
    const before = await find();
    await fixture.insert(spansOf(service, 3, nowUnixNano() - secondNano));
    expect(await find()).toBe(before + 3);
  },
);

test('a key that was asked for in vain is found when it comes', async () => {
  const find = async (): Promise<number> =>
    (await search(fixture.store, parseSearch({ attribute: ['late=yes'], start: '0' }))).traces.length;
  expect(await find()).toBe(0);
  const traces = spansOf('busy', 1, nowUnixNano() - secondNano);
  const attributes = [{ key: 'late', value: { stringValue: 'yes' } }];
  for (const span of traces.resourceSpans?.[0]?.scopeSpans?.[0]?.spans ?? []) span.attributes = attributes;
  await fixture.insert(traces);
  expect(await find()).toBe(1);
});
