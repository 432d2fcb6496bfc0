import { type Span, type SpanKindNumber, type TracesData, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isClickHouseMissing } from '../../../../scripts/clickhouse.mjs';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { inFiles } from '../store/encoder.fixture.ts';
import type { Store } from '../store/store.ts';
import { clusterPlace, embeddedPlace, type StorePlace } from '../store/stores.fixture.ts';
import { Dependencies } from './dependencies.ts';

const kinds = [
  { name: 'embedded', create: embeddedPlace, isMissing: false },
  { name: 'of a cluster', create: clusterPlace, isMissing: isClickHouseMissing() },
];

const isLong = process.env.SIGHTLINE_E2E === 'long';

/** 2025-11-22T08:00:00Z */
const hourUnixNano = 1_763_798_400_000_000_000n;
const second = 1_000_000_000n;
const hourNano = 3600n * second;

type Range = Parameters<Dependencies['find']>[1];

/** Three hours of their own for each case. */
function rangeOf(number: number): Range {
  const startUnixNano = hourUnixNano + BigInt(number) * 6n * hourNano;
  return { startUnixNano, endUnixNano: startUnixNano + 3n * hourNano - 1n };
}

function movedTo(spans: readonly PlainSpan[], { startUnixNano }: Range): PlainSpan[] {
  return spans.map((span) => ({ ...span, startUnixNano: span.startUnixNano + startUnixNano - hourUnixNano }));
}

interface PlainSpan {
  trace: number;
  /** Index of its parent in the list; -1: none; -2: one that never comes. */
  parent: number;
  service: string;
  kind: SpanKindNumber;
  peer: Record<string, string>;
  startUnixNano: bigint;
  isError: boolean;
}

const peers: Record<string, string>[] = [
  {},
  { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
  { 'db.system': 'redis' },
  { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders', 'server.address': 'broker' },
  { 'server.address': 'api.example.com' },
  { 'peer.service': 'billing', 'server.address': '10.0.0.1' },
];

/** In the second of three hours, and over its borders; a parent may be any span of the same trace, also a later one. */
const arbitrarySpans: fc.Arbitrary<PlainSpan[]> = fc
  .array(
    fc.record({
      trace: fc.integer({ min: 0, max: 3 }),
      parent: fc.integer({ min: -2, max: 20 }),
      service: fc.constantFrom('cart', 'checkout', 'mail'),
      kind: fc.constantFrom<SpanKindNumber[]>(0, 1, 2, 2, 3, 3, 4, 5),
      peer: fc.constantFrom(...peers),
      second: fc.integer({ min: 3590, max: 3640 }),
      isError: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((all) =>
    all.map(({ second: at, ...span }) => ({
      ...span,
      parent: all[span.parent]?.trace === span.trace ? span.parent : Math.min(span.parent, -1),
      startUnixNano: hourUnixNano + BigInt(at) * second,
    })),
  );

const nothing: Graph = { services: {}, others: {}, edges: {} };

interface Graph {
  services: Record<string, number>;
  others: Record<string, [calls: number, errors: number]>;
  edges: Record<string, [calls: number, errors: number]>;
}

function modelOf(spans: readonly PlainSpan[]): Graph {
  const graph: Graph = { services: {}, others: {}, edges: {} };
  const isAnswered = (at: number) => spans.some(({ parent, kind }) => parent === at && (kind === 2 || kind === 5));
  const isClient = ({ kind }: PlainSpan) => kind === 3 || kind === 4;
  const answered = new Set(spans.flatMap((span, at) => (isClient(span) && isAnswered(at) ? [peerOf(span)] : [])));
  for (const span of spans) {
    if (!spans.some((other) => other.service === span.service && entryOf(other) > entryOf(span))) {
      graph.services[span.service] = (graph.services[span.service] ?? 0) + 1;
    }
    const parent = spans[span.parent];
    if (parent && !isClient(span) && parent.service !== span.service) {
      count(graph.edges, `${parent.service} → service ${span.service}`, span);
    }
    const peer = peerOf(span);
    if (!isClient(span) || !peer || answered.has(peer)) continue;
    count(graph.edges, `${span.service} → ${peer}`, span);
    count(graph.others, peer, span);
  }
  return graph;
}

/** How a span enters its service: as a request, as a root, or not at all; only the first of these counts. */
function entryOf({ kind, parent }: PlainSpan): number {
  if (kind === 2 || kind === 5) return 2;
  return parent === -1 ? 1 : 0;
}

function peerOf({ peer }: PlainSpan): string {
  if (peer['db.system.name']) return `database ${peer['db.system.name']}/${peer['db.namespace']}`;
  if (peer['db.system']) return `database ${peer['db.system']}`;
  if (peer['messaging.system']) return `messaging ${peer['messaging.system']}/${peer['messaging.destination.name']}`;
  const host = peer['peer.service'] ?? peer['server.address'];
  return host ? `external ${host}` : '';
}

function count(counts: Record<string, [number, number]>, key: string, { isError }: PlainSpan): void {
  const [calls, errors] = counts[key] ?? [0, 0];
  counts[key] = [calls + 1, errors + (isError ? 1 : 0)];
}

function tracesOf(spans: readonly PlainSpan[], all: readonly PlainSpan[]): TracesData {
  return {
    resourceSpans: spans.map((span) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: span.service } }] },
      scopeSpans: [{ spans: [otlpOf(span, all)] }],
    })),
  };
}

function otlpOf(span: PlainSpan, all: readonly PlainSpan[]): Span {
  const idOf = (at: number) => (at === -2 ? 'ff'.repeat(8) : (at + 1).toString(16).padStart(16, '0'));
  return {
    traceId: (span.trace + 1).toString(16).padStart(32, '0'),
    spanId: idOf(all.indexOf(span)),
    ...(span.parent === -1 ? {} : { parentSpanId: idOf(span.parent) }),
    name: 'work',
    kind: span.kind,
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.startUnixNano + second),
    attributes: Object.entries(span.peer).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    ...(span.isError ? { status: { code: 2 } } : {}),
  };
}

describe.each(kinds.filter(({ isMissing }) => !isMissing))('a store, $name,', ({ create }) => {
  let place: StorePlace;
  let store: Store;
  let receivedAtMs = 1_763_798_400_000;
  beforeAll(async () => {
    place = await create();
    store = await place.open();
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  /** Each trace to its shard. */
  async function insert(traces: TracesData, isRepeated: boolean): Promise<void> {
    const slots = await store.slots();
    receivedAtMs++;
    for (const shard of new Set(slots)) {
      const encoder = new SpanEncoder();
      encoder.append(writeTraces(traces), { shard, slots });
      if (encoder.spanCount === 0) continue;
      const batch = inFiles(encoder.finish(receivedAtMs));
      await store.insertSpans(batch);
      if (isRepeated) await store.insertSpans(batch, { isRepeat: true });
    }
  }

  async function graphOf(dependencies: Dependencies, range: Range): Promise<Graph> {
    const { nodes, edges, warnings } = await dependencies.find(store, range);
    expect(warnings).toEqual([]);
    const services = nodes.filter(({ kind }) => kind === 'service');
    const others = nodes.filter(({ kind }) => kind !== 'service');
    for (const { p50Nano, p95Nano } of edges) {
      expect(Math.abs(p50Nano - 1e9) / 1e9).toBeLessThan(0.032);
      expect(p95Nano).toBe(p50Nano);
    }
    return {
      services: Object.fromEntries(services.map(({ service, spanCount }) => [service, spanCount])),
      others: Object.fromEntries(
        others.map(({ service, kind, spanCount, errorCount }) => [`${kind} ${service}`, [spanCount, errorCount]]),
      ),
      edges: Object.fromEntries(
        edges.map((edge) => [
          `${edge.parent} → ${edge.childKind} ${edge.child}`,
          [edge.callCount, edge.errorCount] as [number, number],
        ]),
      ),
    };
  }

  async function deleteAll(): Promise<void> {
    for (const service of ['cart', 'checkout', 'mail']) {
      await store.deleteSpans({ service, receivedBeforeMs: receivedAtMs + 1 });
    }
  }

  test('the graph is that of the spans, however they came, and after some were deleted', {
    timeout: isLong ? 3_600_000 : 240_000,
  }, async () => {
    const dependencies = new Dependencies(0, { children: 3, answers: 3 });
    let caseCount = 0;
    const cases = fc.tuple(arbitrarySpans, fc.nat(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(cases, async ([some, cut, isRepeated]) => {
        const range = rangeOf(caseCount++);
        const spans = movedTo(some, range);
        const at = cut % (spans.length + 1);
        // Some come before their parents.
        const [late, early] = [spans.slice(0, at), spans.slice(at)];
        await insert(tracesOf(early, spans), isRepeated);
        await graphOf(dependencies, range);
        await insert(tracesOf(late, spans), isRepeated);
        expect(await graphOf(dependencies, range)).toEqual(modelOf(spans));
      }),
      { numRuns: isLong ? 100 : 3 },
    );
    for (let i = 0; i < caseCount; i++) expect(await graphOf(dependencies, rangeOf(i))).not.toEqual(nothing);
    await deleteAll();
    for (let i = 0; i < caseCount; i++) expect(await graphOf(dependencies, rangeOf(i))).toEqual(nothing);
  });

  test('what has not changed is not looked for again, and what changes all the time only now and then', {
    timeout: 60_000,
  }, async () => {
    const range = rangeOf(1000);
    const { startUnixNano } = range;
    const [cart, checkout] = ['cart', 'checkout'].map((service, i) => ({
      trace: 0,
      parent: i - 1,
      service,
      kind: 2 as const,
      peer: {},
      startUnixNano: startUnixNano + BigInt(i) * second,
      isError: false,
    })) as [PlainSpan, PlainSpan];
    const asked: string[] = [];
    const watched: Pick<Store, 'query'> = {
      query(sql, params, options) {
        if (sql.includes('JOIN')) asked.push(String(params?.start));
        return store.query(sql, params, options);
      },
    };
    const [patient, eager] = [new Dependencies(60_000), new Dependencies(0)];
    await insert(tracesOf([checkout], [cart, checkout]), false);
    for (let i = 0; i < 2; i++) expect((await eager.find(watched, range)).edges).toEqual([]);
    expect(asked).toEqual([String(startUnixNano)]);
    expect((await patient.find(watched, range)).edges).toEqual([]);

    await insert(tracesOf([cart], [cart, checkout]), false);
    expect((await eager.find(watched, range)).edges).toMatchObject([
      { parent: 'cart', child: 'checkout', callCount: 1 },
    ]);
    expect((await patient.find(watched, range)).edges).toEqual([]);
    expect(asked).toHaveLength(3);

    const gone = new AbortController();
    gone.abort();
    const given = {
      query: <Row>(sql: string, params?: Record<string, unknown>) =>
        store.query<Row>(sql, params, { signal: gone.signal }),
    };
    await expect(new Dependencies().find(given, range)).rejects.toMatchObject({ code: 'query-aborted' });
  });
});
