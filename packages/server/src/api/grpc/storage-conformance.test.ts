/**
 * What Jaeger's own suite asks of a storage backend, over traces of our own that are put together as its fixtures are: tags of all types,
 * in each of the places that a tag can be in, alone and spread.
 *
 * @see https://github.com/jaegertracing/jaeger/tree/main/internal/storage/integration
 */
import type { AnyValue, KeyValue, Span, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStoreFixture, type StoreFixture } from '../../query/store.fixture.ts';
import { type Answer, ask, askStream } from './jaeger-idl.fixture.ts';
import { startQueries } from './queries.fixture.ts';

const reader = '/jaeger.storage.v2.TraceReader';
const startNano = 1_790_000_000_000_000_000n;

const tags: Record<string, AnyValue> = {
  tag1: { stringValue: 'same' },
  tag2: { intValue: '123' },
  tag3: { doubleValue: 72.5 },
  tag4: { boolValue: true },
};

const places = ['span', 'resource', 'event', 'link', 'scope'] as const;
type Place = (typeof places)[number];
const spread: Record<string, Place> = { tag1: 'resource', tag2: 'event', tag3: 'span', tag4: 'link' };

interface Fixture {
  service: string;
  operation?: string;
  /** In microseconds. */
  duration?: number;
  place?: (tag: string) => Place;
}

/** Each is the only one that its query may find. */
const fixtures: Fixture[] = ([...places, 'spread'] as const).flatMap((place) => {
  const placed = place === 'spread' ? (tag: string): Place => spread[tag] ?? 'span' : (): Place => place;
  return [
    { service: `${place}-plain`, place: placed },
    { service: `${place}-named`, operation: 'named', place: placed },
    { service: `${place}-slow`, operation: 'slow', duration: 5000, place: placed },
  ];
});

let stored: StoreFixture;
beforeAll(async () => {
  stored = await openStoreFixture();
  const all = fixtures.flatMap((fixture, index) => {
    // The same without the tags, as a counterexample.
    const { place: _, ...bare } = fixture;
    return [traceOf(idOf(index), fixture), traceOf(idOf(index + 100), bare)];
  });
  await stored.insert({ resourceSpans: all.flatMap(({ resourceSpans }) => resourceSpans) });
});
afterAll(() => stored.remove());

function idOf(index: number): string {
  return (index + 1).toString(16).padStart(32, '0');
}

function traceOf(traceId: string, { service, operation = 'other', duration = 5, place }: Fixture): TracesData {
  const at = (wanted: Place): KeyValue[] =>
    Object.entries(tags).flatMap(([key, value]) => (place?.(key) === wanted ? [{ key, value }] : []));
  const span: Span = {
    traceId,
    spanId: '0000000000000001',
    name: operation,
    startTimeUnixNano: String(startNano),
    endTimeUnixNano: String(startNano + BigInt(duration) * 1000n),
    attributes: at('span'),
    events: [{ timeUnixNano: String(startNano), name: 'first', attributes: at('event') }],
    links: [{ traceId: 'e'.repeat(32), spanId: 'e'.repeat(16), attributes: at('link') }],
  };
  const attributes = [{ key: 'service.name', value: { stringValue: service } }, ...at('resource')];
  return {
    resourceSpans: [
      { resource: { attributes }, scopeSpans: [{ scope: { name: 'lib', attributes: at('scope') }, spans: [span] }] },
    ],
  };
}

function time(unixNano: bigint): object {
  return { seconds: String(unixNano / 1_000_000_000n), nanos: Number(unixNano % 1_000_000_000n) };
}

const range = {
  startTimeMin: time(startNano - 1n),
  startTimeMax: time(startNano + 3_600_000_000_000n),
  searchDepth: 1000,
};
const attributes = Object.entries(tags).map(([key, value]) => ({ key, value }));

async function find(query: object): Promise<string[]> {
  const { client } = await startQueries(stored.store);
  const { traceIds = [] } = await ask(client, `${reader}/FindTraceIDs`, { query: { ...range, ...query } });
  return (traceIds as { traceId: string }[]).map(({ traceId }) => traceId).sort();
}

describe('finds by tags', () => {
  test.each(fixtures.map((fixture, index) => ({ ...fixture, index })))(
    '$service',
    async ({ service, operation, index }) => {
      expect(await find({ serviceName: service, attributes })).toEqual([idOf(index)]);
      expect(await find({ serviceName: service })).toEqual([idOf(index), idOf(index + 100)]);
      if (operation !== undefined) {
        expect(await find({ serviceName: service, operationName: operation, attributes })).toEqual([idOf(index)]);
      }
      const wrong = attributes.map(({ key, value }) =>
        key === 'tag2' ? { key, value: { intValue: '124' } } : { key, value },
      );
      expect(await find({ serviceName: service, attributes: wrong })).toEqual([]);
    },
  );

  test('and by durations', async () => {
    const slow = fixtures.flatMap(({ duration }, index) => (duration === undefined ? [] : [idOf(index)]));
    expect(await find({ attributes, durationMin: { nanos: 4_500_000 }, durationMax: { nanos: 5_500_000 } })).toEqual(
      slow,
    );
    expect(await find({ attributes, durationMax: { nanos: 4_500_000 } })).toHaveLength(fixtures.length - slow.length);
  });

  test('in all services', async () => {
    expect(await find({ attributes })).toEqual(fixtures.map((_, index) => idOf(index)));
  });
});

test('a trace of 10,008 spans comes whole, and spans that share an id are all there', async () => {
  const traceId = 'f'.repeat(32);
  const count = 10_008;
  const spans = Array.from({ length: count }, (_, i) => ({
    traceId,
    spanId: (i % 20 === 0 ? 1 : i + 1).toString(16).padStart(16, '0'),
    name: 'example',
    startTimeUnixNano: String(startNano + BigInt(i) * 1_000_000n),
    endTimeUnixNano: String(startNano + BigInt(i) * 1_000_000n + 100_000n),
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'large' } }] };
  await stored.insert({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] });
  const { client } = await startQueries(stored.store);
  const chunks = await askStream(client, `${reader}/GetTraces`, { query: [{ traceId: Buffer.from(traceId, 'hex') }] });
  expect(spanCount(chunks)).toBe(count);
});

function spanCount(chunks: Answer[]): number {
  const all = chunks as unknown as TracesData[];
  return all.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  ).length;
}
