import type { KeyValue, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { grpcClient } from '../../grpc/grpc-client.fixture.ts';
import { openStoreFixture, type StoreFixture } from '../../query/store.fixture.ts';
import type { TimeRange } from '../../query/time-range.ts';
import type { QueryOptions, Store } from '../../store/store.ts';
import { story, storyStart, storyTraceId } from '../api.fixture.ts';
import type { FindDependencies } from '../jaeger/dependency-links.ts';
import { type Answer, ask, askStream, openStream } from './jaeger-idl.fixture.ts';
import { startQueries } from './queries.fixture.ts';

const v2 = '/jaeger.api_v2.QueryService';
const v3 = '/jaeger.api_v3.QueryService';
const reader = '/jaeger.storage.v2.TraceReader';

const orphanId = '00000000000000001234567890abcdef';
const orphanStart = storyStart + 60_000_000_999n;
/** An orphan with an error, an event, a link and all types of attributes; a minute after the story. */
const orphan = traceOf(orphanId, 'worker', {
  spanId: '00000000000000c1',
  parentSpanId: '00000000000000ff',
  flags: 0x101,
  name: 'consume',
  kind: 5,
  startTimeUnixNano: String(orphanStart),
  endTimeUnixNano: String(orphanStart + 1_500_000_001n),
  attributes: attributes({
    s: { stringValue: 'text' },
    i: { intValue: '9223372036854775807' },
    d: { doubleValue: 0.5 },
    b: { boolValue: false },
    bytes: { bytesValue: 'AAEC' },
    list: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '1' }] } },
  }),
  events: [
    { timeUnixNano: String(orphanStart + 1n), name: 'exception', attributes: attributes({ n: { intValue: '1' } }) },
  ],
  links: [{ traceId: storyTraceId, spanId: '00000000000000b1' }],
  status: { code: 2 },
});

type Span = TracesData['resourceSpans'][number]['scopeSpans'][number]['spans'][number];

function traceOf(traceId: string, service: string, ...spans: Omit<Span, 'traceId'>[]): TracesData {
  const resource = { attributes: attributes({ 'service.name': { stringValue: service }, pid: { intValue: '7' } }) };
  const scope = { name: 'queue', version: '2.0' };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans.map((span) => ({ ...span, traceId })) }] }] };
}

function attributes(values: Record<string, KeyValue['value']>): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }));
}

let stored: StoreFixture;
beforeAll(async () => {
  stored = await openStoreFixture();
  await stored.insert(story);
  await stored.insert(orphan);
});
afterAll(() => stored.remove());

function time(unixNano: bigint): object {
  return { seconds: String(unixNano / 1_000_000_000n), nanos: Number(unixNano % 1_000_000_000n) };
}

const all = { startTimeMin: time(storyStart - 1n), startTimeMax: time(storyStart + 120_000_000_000n) };

function bytes(id: string): Buffer {
  return Buffer.from(id, 'hex');
}

/** The ids of the spans, whatever the version. */
function spanIds(chunks: Answer[]): string[] {
  return [
    ...JSON.stringify(chunks).matchAll(/"spanId":"([0-9a-f]{16})"(?=,"(?:parentSpanId|name|operationName))/g),
  ].map(([, id = '']) => id.slice(-2));
}

describe('names', () => {
  test.each([v2, v3, reader])('%s', async (service) => {
    const { client } = await startQueries(stored.store);
    expect(await ask(client, `${service}/GetServices`)).toEqual({ services: ['proxy', 'slow-upstream', 'worker'] });
    const { operations } = await ask(client, `${service}/GetOperations`, { service: 'proxy' });
    expect(operations).toEqual([
      { name: 'GET', spanKind: 'client' },
      { name: 'GET /', spanKind: 'server' },
    ]);
    const ofKind = await ask(client, `${service}/GetOperations`, { service: 'proxy', spanKind: 'server' });
    expect(ofKind).toMatchObject({ operations: [{ name: 'GET /' }] });
    await expect(ask(client, `${service}/GetOperations`)).rejects.toMatchObject({
      code: 3,
      details: "parameter 'service' is required",
    });
  });

  test('the first version has the bare names, too', async () => {
    const { client } = await startQueries(stored.store);
    const { operationNames } = await ask(client, `${v2}/GetOperations`, { service: 'proxy' });
    expect(operationNames).toEqual(['GET', 'GET /']);
  });
});

describe('a trace', () => {
  test("in Jaeger's protobuf has every field", async () => {
    const { client } = await startQueries(stored.store);
    expect(await askStream(client, `${v2}/GetTrace`, { traceId: bytes(orphanId) })).toEqual([
      {
        spans: [
          {
            traceId: orphanId,
            spanId: '00000000000000c1',
            operationName: 'consume',
            references: [
              { traceId: orphanId, spanId: '00000000000000ff' },
              { traceId: storyTraceId, spanId: '00000000000000b1', refType: 1 },
            ],
            flags: 1,
            startTime: time(orphanStart),
            duration: { seconds: '1', nanos: 500_000_001 },
            tags: [
              { key: 'otel.scope.name', vStr: 'queue' },
              { key: 'otel.scope.version', vStr: '2.0' },
              { key: 's', vStr: 'text' },
              { key: 'i', vType: 2, vInt64: '9223372036854775807' },
              { key: 'd', vType: 3, vFloat64: 0.5 },
              { key: 'b', vType: 1 },
              { key: 'bytes', vType: 4, vBinary: '000102' },
              { key: 'list', vStr: '["x",1]' },
              { key: 'span.kind', vStr: 'consumer' },
              { key: 'otel.status_code', vStr: 'ERROR' },
              { key: 'error', vType: 1, vBool: true },
            ],
            logs: [
              {
                timestamp: time(orphanStart + 1n),
                fields: [
                  { key: 'event', vStr: 'exception' },
                  { key: 'n', vType: 2, vInt64: '1' },
                ],
              },
            ],
            process: { serviceName: 'worker', tags: [{ key: 'pid', vType: 2, vInt64: '7' }] },
          },
        ],
      },
    ]);
  });

  test.each([
    [`${v3}/GetTrace`, { traceId: orphanId.slice(16) }],
    [`${reader}/GetTraces`, { query: [{ traceId: bytes(orphanId) }, { traceId: bytes('d'.repeat(32)) }] }],
  ])('%s answers in OTLP', async (path, request) => {
    const { client } = await startQueries(stored.store);
    expect(await askStream(client, path, request)).toMatchObject([
      {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name' }, { key: 'pid', value: { intValue: '7' } }] },
            scopeSpans: [
              {
                scope: { name: 'queue', version: '2.0' },
                spans: [
                  { traceId: orphanId, parentSpanId: '00000000000000ff', startTimeUnixNano: String(orphanStart) },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  test('that is not there is an error where one was asked for, and left out of several', async () => {
    const { client } = await startQueries(stored.store);
    const notFound = { code: 5, details: 'trace not found' };
    await expect(askStream(client, `${v2}/GetTrace`, { traceId: bytes('d'.repeat(32)) })).rejects.toMatchObject(
      notFound,
    );
    await expect(askStream(client, `${v3}/GetTrace`, { traceId: 'dddd' })).rejects.toMatchObject(notFound);
    expect(await askStream(client, `${reader}/GetTraces`, { query: [{ traceId: bytes('d'.repeat(32)) }] })).toEqual([]);
  });

  test.each([
    [`${v2}/GetTrace`, {}, 'trace_id is empty'],
    [`${v3}/GetTrace`, { traceId: 'xyz' }, '"xyz" is not a trace id'],
  ])('%s says what is wrong with an id', async (path, request, message) => {
    const { client } = await startQueries(stored.store);
    await expect(askStream(client, path, request)).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining(message),
    });
  });
});

test('a trace that is to be archived stays; one that is not there is an error', async () => {
  const { client } = await startQueries(stored.store);
  const archive = (traceId: string) => ask(client, `${v2}/ArchiveTrace`, { traceId: bytes(traceId) });
  expect(await archive(orphanId)).toEqual({});
  await expect(archive('d'.repeat(32))).rejects.toMatchObject({ code: 5 });
});

describe('search', () => {
  const tags = {
    [`${v2}/FindTraces`]: (map: Record<string, string>) => ({ tags: map }),
    [`${v3}/FindTraces`]: (map: Record<string, string>) => ({ attributes: map }),
    [`${reader}/FindTraces`]: (map: Record<string, string>) => ({
      attributes: Object.entries(map).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    }),
  };

  test.each(Object.entries(tags))('%s finds by every condition', async (path, withTags) => {
    const { client } = await startQueries(stored.store);
    const find = async (query: object) => spanIds(await askStream(client, path, { query: { ...all, ...query } }));
    expect(await find({})).toEqual(['c1', 'a1', 'a2', 'b1']);
    expect(await find({ searchDepth: 1 })).toEqual(['c1']);
    expect(await find({ serviceName: 'slow-upstream' })).toEqual(['a1', 'a2', 'b1']);
    expect(await find({ serviceName: 'proxy', operationName: 'consume' })).toEqual([]);
    expect(await find({ durationMin: { seconds: 2 } })).toEqual(['a1', 'a2', 'b1']);
    expect(await find({ durationMax: { seconds: 2 } })).toEqual(['c1']);
    expect(await find({ startTimeMin: time(orphanStart) })).toEqual(['c1']);
    expect(await find(withTags({ error: 'true', pid: '7', d: '0.5', 'span.kind': 'consumer' }))).toEqual(['c1']);
    expect(await find(withTags({ s: 'text', d: '0.6' }))).toEqual([]);
  });

  test('by typed attributes', async () => {
    const { client } = await startQueries(stored.store);
    const find = (value: object) =>
      ask(client, `${reader}/FindTraceIDs`, { query: { ...all, attributes: [{ key: 'd', value }] } });
    expect(await find({ doubleValue: 0.5 })).toEqual({
      traceIds: [{ traceId: orphanId, start: time(orphanStart), end: time(orphanStart + 1_500_000_001n) }],
    });
    expect(await find({ boolValue: true })).toEqual({});
    await expect(find({ arrayValue: { values: [] } })).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining('The attribute "d" can be found by a string, a number or a truth value'),
    });
  });

  test.each([
    [v3, orphanId],
    [reader, orphanId],
  ])('%s tells traces without their spans', async (service, traceId) => {
    const { client } = await startQueries(stored.store);
    const [answer] = await askStream(client, `${service}/FindTraceSummaries`, { query: all });
    expect(answer).toMatchObject({
      summaries: [
        {
          traceId,
          rootServiceName: 'worker',
          rootOperationName: 'consume',
          minStartTimeUnixNano: String(orphanStart),
          maxEndTimeUnixNano: String(orphanStart + 1_500_000_001n),
          spanCount: 1,
          errorSpanCount: 1,
          orphanSpanCount: 1,
          services: [{ name: 'worker', spanCount: 1, errorSpanCount: 1 }],
        },
        {
          traceId: storyTraceId,
          spanCount: 3,
          services: [
            { name: 'proxy', spanCount: 2 },
            { name: 'slow-upstream', spanCount: 1 },
          ],
        },
      ],
    });
  });

  test.each([
    [`${v2}/FindTraces`, {}, 'missing query'],
    [`${v3}/FindTraces`, { query: { serviceName: 'proxy' } }, 'start time min and max are required'],
    [`${v3}/FindTraces`, { query: { ...all, filter: { op: 'and' } } }, 'A structured filter is not understood here'],
    [
      `${reader}/FindTraces`,
      { query: { ...all, filter: { op: 'and' } } },
      'A structured filter is not understood here',
    ],
    [`${reader}/FindTraces`, { query: { ...all, searchDepth: 10_001 } }, 'search_depth is 10001'],
    [`${v2}/FindTraces`, { query: { startTimeMin: time(2n), startTimeMax: time(1n) } }, 'start lies after end'],
    [`${v2}/FindTraces`, { query: { durationMin: { nanos: 2 }, durationMax: { nanos: 1 } } }, 'longer than'],
  ])('%s says what is wrong with %j', async (path, request, message) => {
    const { client } = await startQueries(stored.store);
    await expect(askStream(client, path, request)).rejects.toMatchObject({
      code: 3,
      details: expect.stringContaining(message),
    });
  });
});

test.each([v2, v3, '/jaeger.storage.v2.DependencyReader'])('%s tells who calls whom', async (service) => {
  const edge = { parent: 'proxy', child: 'slow-upstream', callCount: 7, errorCount: 0, p50Nano: 1, p95Nano: 2 };
  const asked: TimeRange[] = [];
  const graph: FindDependencies = {
    find: async (_, range) => {
      asked.push(range);
      return {
        edges: [
          { ...edge, childKind: 'service' },
          { ...edge, child: 'redis', childKind: 'database' },
        ],
      };
    },
  };
  const { client } = await startQueries(stored.store, { graph });
  const request = { startTime: time(1n), endTime: time(2_000_000_000n) };
  expect(await ask(client, `${service}/GetDependencies`, request)).toEqual({
    dependencies: [{ parent: 'proxy', child: 'slow-upstream', callCount: '7' }],
  });
  expect(asked).toEqual([{ startUnixNano: 1n, endUnixNano: 2_000_000_000n }]);
  await expect(ask(client, `${service}/GetDependencies`, { startTime: time(1n) })).rejects.toMatchObject({ code: 3 });
});

test('storage says what it can do', async () => {
  const { client } = await startQueries(stored.store);
  expect(await ask(client, '/jaeger.storage.v2.Capabilities/GetCapabilities')).toEqual({
    search: { withoutServiceName: true, sameSpanConjunction: true },
  });
});

test('asks for the token, and for no other name than its own', async () => {
  const { url } = await startQueries(stored.store, { authToken: 'secret' });
  await expect(ask(grpcClient(url), `${v2}/GetServices`)).rejects.toMatchObject({ code: 16 });
  const rebound = grpcClient(url, { 'grpc.default_authority': 'evil.example' });
  await expect(ask(rebound, `${v2}/GetServices`)).rejects.toMatchObject({ code: 7 });
});

test('a large trace comes in messages that every client takes', async () => {
  const traceId = 'e'.repeat(32);
  const spans = Array.from({ length: 1000 }, (_, i) => ({
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: 'big',
    startTimeUnixNano: String(storyStart + BigInt(i)),
    endTimeUnixNano: String(storyStart + BigInt(i)),
    attributes: attributes({ text: { stringValue: 'x'.repeat(i % 10 === 0 ? 60_000 : 10) } }),
  }));
  await stored.insert(traceOf(traceId, 'big', ...spans));
  const { client } = await startQueries(stored.store);
  const chunks = await askStream(client, `${reader}/GetTraces`, { query: [{ traceId: bytes(traceId) }] });
  expect(chunks.length).toBeGreaterThan(5);
  expect(spanIds(chunks)).toHaveLength(1000);

  const ofV2 = await askStream(client, `${v2}/GetTrace`, { traceId: bytes(traceId) });
  expect(spanIds(ofV2)).toHaveLength(1000);
});

test('a client that leaves stops its query', async () => {
  const signals: AbortSignal[] = [];
  const store: Store = Object.assign(Object.create(stored.store), {
    query: (_: string, __: object, { signal }: QueryOptions) => {
      if (signal) signals.push(signal);
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
    },
    recall: stored.store.recall.bind(stored.store),
    receivedUntilMs: stored.store.receivedUntilMs.bind(stored.store),
  });
  const { client } = await startQueries(store);
  const stream = openStream(client, `${reader}/FindTraces`, { query: all });
  stream.on('error', () => undefined);
  await vi.waitFor(() => expect(signals.length).toBeGreaterThan(0), 20_000);
  expect(signals.every(({ aborted }) => aborted)).toBe(false);
  stream.cancel();
  await vi.waitFor(() => expect(signals.every(({ aborted }) => aborted)).toBe(true), 20_000);
  const unary = client.makeUnaryRequest(
    `${v2}/GetServices`,
    () => Buffer.alloc(0),
    String,
    {},
    () => undefined,
  );
  await vi.waitFor(() => expect(signals.at(-1)?.aborted).toBe(false), 20_000);
  unary.cancel();
  await vi.waitFor(() => expect(signals.at(-1)?.aborted).toBe(true), 20_000);
});
