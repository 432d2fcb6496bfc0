import { type ServiceMetricsResponse, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { inFiles } from '../store/encoder.fixture.ts';
import { findServiceMetrics } from './service-metrics.ts';
import {
  arbitrarySpans,
  entryOf,
  hourUnixNano,
  type PlainSpan,
  percentileOf,
  tracesOf,
} from './span-metrics.fixture.ts';
import { findStanding } from './span-standing.ts';
import { parseSteps } from './steps.ts';
import { openStoreFixture, type StoreFixture } from './store.fixture.ts';

const hourNano = 3_600_000_000_000n;
const range = { startUnixNano: hourUnixNano, endUnixNano: hourUnixNano + 4n * hourNano };
const steps = parseSteps(range, '10m');

let fixture: StoreFixture;
let receivedAtMs = 1_763_798_400_000;
let caseCount = 0;
beforeAll(async () => {
  fixture = await openStoreFixture();
});
afterAll(() => fixture.remove());

/** In batches, of which some come again after they were cut off somewhere. */
async function insert(batches: readonly (readonly PlainSpan[])[], isRepeated: boolean): Promise<void> {
  for (const spans of batches) {
    const encoder = new SpanEncoder();
    encoder.append(writeTraces(tracesOf(spans)));
    if (encoder.spanCount === 0) continue;
    const batch = inFiles(encoder.finish(++receivedAtMs));
    await fixture.store.insertSpans(batch);
    if (isRepeated) await fixture.store.insertSpans(batch, { isRepeat: true });
  }
}

/** Nobody else's: what other cases inserted stays out of the way. */
function ofCase(spans: readonly PlainSpan[]): PlainSpan[] {
  const number = ++caseCount;
  return spans.map((span) => ({ ...span, service: `${span.service} ${number}` }));
}

function isNear(actual: number | null | undefined, wanted: number): boolean {
  return Math.abs(Number(actual) - wanted) <= Math.max(1, wanted * 0.032);
}

function expectNear(actual: readonly (number | null | undefined)[], spans: readonly PlainSpan[]): void {
  for (const [i, share] of [0.5, 0.95, 0.99].entries()) {
    const wanted = percentileOf(spans, share);
    expect(isNear(actual[i], wanted), `${actual[i]} for ${wanted}`).toBe(true);
  }
}

async function expectMetrics(spans: readonly PlainSpan[]): Promise<void> {
  const services = await findServiceMetrics(fixture.store, steps);
  for (const service of new Set(spans.map((span) => span.service))) {
    await expectService(
      services,
      spans.filter((span) => span.service === service),
      service,
    );
  }
}

async function expectService(
  services: ServiceMetricsResponse,
  own: readonly PlainSpan[],
  service: string,
): Promise<void> {
  const surest = Math.max(...own.map(entryOf));
  expectEntry(
    services.entries.find((entry) => entry.service === service),
    own.filter((span) => entryOf(span) === surest),
  );
  const names = await findServiceMetrics(fixture.store, steps, service);
  expect(names.others).toBe(0);
  expect(names.entries.length).toBe(new Set(own.map(({ name, kind }) => `${name} ${kind}`)).size);
  for (const entry of names.entries) {
    expectEntry(
      entry,
      own.filter(({ name, kind }) => name === entry.name && kind === entry.kind),
    );
  }
}

type Entry = ServiceMetricsResponse['entries'][number];

function expectEntry(entry: Entry | undefined, spans: readonly PlainSpan[]): void {
  if (!entry) throw new Error('there is no entry');
  expect(entry.spanCount).toBe(spans.length);
  expect(entry.errorCount).toBe(spans.filter(({ isError }) => isError).length);
  expectNear([entry.p50Nano, entry.p95Nano, entry.p99Nano], spans);
  expect(entry.calls).toHaveLength(25);
  for (const [at, calls] of entry.calls.entries()) {
    const inStep = spans.filter(({ startUnixNano }) => (startUnixNano - hourUnixNano) / (hourNano / 6n) === BigInt(at));
    expect([calls, entry.errors[at]]).toEqual([inStep.length, inStep.filter(({ isError }) => isError).length]);
    if (inStep.length === 0) expect([entry.p50s[at], entry.p95s[at], entry.p99s[at]]).toEqual([null, null, null]);
    else expectNear([entry.p50s[at], entry.p95s[at], entry.p99s[at]], inStep);
  }
}

test('metrics of services and names are those of the spans, however they came, and after some were deleted', {
  timeout: 120_000,
}, async () => {
  const batches = fc.tuple(arbitrarySpans, arbitrarySpans, fc.boolean(), fc.boolean());
  await fc.assert(
    fc.asyncProperty(batches, async ([first, second, isRepeated, isDeleted]) => {
      const all = ofCase([...first, ...second]);
      await insert([all.slice(0, first.length), all.slice(first.length)], isRepeated);
      const [deleted] = all;
      // The first batch goes; what the day has left is counted anew.
      const left = isDeleted ? all.filter((span, i) => i >= first.length || span.service !== deleted?.service) : all;
      if (isDeleted) {
        await fixture.store.deleteSpans({ service: deleted?.service ?? '', receivedBeforeMs: receivedAtMs });
      }
      await expectMetrics(left);
    }),
    { numRuns: 6 },
  );
});

test('a span stands among those of its service, name and kind', async () => {
  const nano = 1_000_000n;
  const spans = Array.from({ length: 200 }, (_, i) => ({
    service: 'standing',
    name: i === 199 ? 'another' : 'work',
    kind: 2 as const,
    traceId: (i + 1).toString(16).padStart(32, 'a'),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    isParentRemote: false,
    startUnixNano: hourUnixNano + BigInt(i) * 60_000n * nano,
    durationNano: BigInt(i + 1) * nano + 7n,
    isError: i % 10 === 0,
  }));
  await insert([spans], false);
  const find = (i: number) => findStanding(fixture.store, spans[i]?.traceId ?? '', spans[i]?.spanId ?? '');
  const median = await find(99);
  expect(median).toMatchObject({ spanCount: 199, errorCount: 20, maxNano: 199_000_007 });
  expect(median?.slowerThan).toBeCloseTo(0.5, 1);
  expectNear([median?.p50Nano, median?.p95Nano, median?.p99Nano], spans.slice(0, 199));
  expect((await find(198))?.slowerThan).toBeGreaterThan(0.97);
  expect((await find(0))?.slowerThan).toBe(0);
  expect(await find(199), 'alone').toMatchObject({ spanCount: 1, slowerThan: 0 });
  expect(BigInt((await find(0))?.endUnixNano ?? 0) - hourUnixNano, 'around a span of long ago').toBe(12n * hourNano);
  expect(await findStanding(fixture.store, 'ab'.repeat(16), 'ab'.repeat(8))).toBeUndefined();
});

test.each([
  [1n, undefined, 60n],
  [24n, undefined, 900n],
  [168n, undefined, 7200n],
  [24n, '5m', 300n],
])('a range of %i hours with step %s is told in steps of %i seconds', (hours, step, seconds) => {
  const steps = parseSteps({ startUnixNano: hourUnixNano + 1n, endUnixNano: hourUnixNano + hours * hourNano }, step);
  expect(steps).toMatchObject({ startUnixNano: hourUnixNano, stepNano: seconds * 1_000_000_000n });
});

test.each([
  ['30s', /whole minutes/],
  ['0s', /whole minutes/],
  ['1m', /makes \d+ steps/],
  ['soon', /not a duration/],
])('step=%s is refused', (step, message) => {
  expect(() => parseSteps({ startUnixNano: 0n, endUnixNano: 10n ** 18n }, step)).toThrow(message);
});
