import { readTraces } from '@sightline/wire';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from '../api.fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
});
afterAll(() => api.remove());

const startSeconds = storyStart / 1_000_000_000n;
const range = `start=${startSeconds}&end=${startSeconds + 10n}`;

async function get(path: string, parameters: Record<string, string> = {}): Promise<{ status: number; body: unknown }> {
  return api.get(`/api/${path}?${range}&${new URLSearchParams(parameters)}`);
}

async function getBytes(path: string): Promise<{ type: unknown; bytes: Buffer }> {
  const answer = await api.app.inject({ url: `/api/${path}`, headers: { accept: 'application/protobuf' } });
  return { type: answer.headers['content-type'], bytes: answer.rawPayload };
}

test('the connection test of a data source passes', async () => {
  expect(await api.get('/api/echo')).toMatchObject({ status: 200, body: 'echo' });
  expect(await api.get('/api/status/buildinfo')).toMatchObject({ status: 200, body: { version: expect.any(String) } });
});

test('a search answers in Tempo’s shape, with the spans that match', async () => {
  const { body } = await get('search', { q: '{ span.http.route = "/delay/:ms" && duration > 1s }', spss: '1' });
  const spanSet = {
    matched: 1,
    spans: [
      {
        spanID: '00000000000000b1',
        name: 'GET /delay/:ms',
        startTimeUnixNano: '1790000000008000000',
        durationNanos: '3002000000',
        attributes: expect.arrayContaining([
          { key: 'http.route', value: { stringValue: '/delay/:ms' } },
          { key: 'service.name', value: { stringValue: 'slow-upstream' } },
        ]),
      },
    ],
  };
  expect(body).toEqual({
    traces: [
      {
        traceID: storyTraceId,
        rootServiceName: 'proxy',
        rootTraceName: 'GET /',
        startTimeUnixNano: '1790000000000000000',
        durationMs: 3020,
        spanSet,
        spanSets: [spanSet],
        serviceStats: { proxy: { spanCount: 2 }, 'slow-upstream': { spanCount: 1 } },
      },
    ],
    metrics: { inspectedTraces: 1 },
  });
});

test.each([
  ['service.name=PROX', 1],
  ['service.name="slow-upstream" http.route=/delay/:ms', 1],
  ['service.name=p.oxy', 0],
  ['name="GET /"', 1],
])('the older search by tags finds parts, in upper or lower case: %s', async (tags, count) => {
  expect(((await get('search', { tags })).body as { traces: unknown[] }).traces).toHaveLength(count);
});

test('the older search knows the length of a trace', async () => {
  const found = async (parameters: Record<string, string>): Promise<number> =>
    ((await get('search', parameters)).body as { traces: unknown[] }).traces.length;
  expect(await found({ minDuration: '3s', maxDuration: '4s' })).toBe(1);
  expect(await found({ minDuration: '4s' })).toBe(0);
});

test('keys are listed by scope', async () => {
  const { scopes } = (await get('v2/search/tags')).body as { scopes: { name: string; tags: string[] }[] };
  expect(scopes.map(({ name }) => name)).toEqual([
    ...['span', 'resource', 'event', 'link', 'instrumentation', 'intrinsic'],
  ]);
  expect(scopes[1]?.tags).toEqual(['service.name']);
  expect(scopes[0]?.tags).toEqual(['http.response.status_code', 'http.route', 'server.address']);
  expect((await get('v2/search/tags', { scope: 'span' })).body).toMatchObject({ scopes: [{ name: 'span' }] });
  expect((await get('search/tags')).body).toMatchObject({
    tagNames: ['http.response.status_code', 'http.route', 'server.address', 'service.name'],
  });
});

test.each([
  [
    'resource.service.name',
    [
      { type: 'string', value: 'proxy' },
      { type: 'string', value: 'slow-upstream' },
    ],
  ],
  ['.http.response.status_code', [{ type: 'int', value: '200' }]],
  ['span.server.address', [{ type: 'string', value: 'localhost' }]],
  [
    'status',
    [
      { type: 'keyword', value: 'ok' },
      { type: 'keyword', value: 'error' },
      { type: 'keyword', value: 'unset' },
    ],
  ],
  ['nothing', []],
])('values of %s are listed with their types', async (tag, tagValues) => {
  expect((await get(`v2/search/tag/${tag}/values`)).body).toMatchObject({ tagValues });
});

test('keys and values are narrowed by a query; one that is not complete narrows nothing', async () => {
  const q = '{ resource.service.name = "slow-upstream" }';
  expect((await get('v2/search/tags', { scope: 'span', q })).body).toMatchObject({
    scopes: [{ name: 'span', tags: ['http.response.status_code', 'http.route'] }],
  });
  const names = async (q: string): Promise<unknown> =>
    ((await get('v2/search/tag/name/values', { q })).body as { tagValues: { value: string }[] }).tagValues.map(
      ({ value }) => value,
    );
  expect(await names(q)).toEqual(['GET /delay/:ms']);
  expect(await names('{ resource.service.name = }')).toHaveLength(3);
});

test('the older list of values knows no types', async () => {
  expect((await get('search/tag/service.name/values')).body).toMatchObject({ tagValues: ['proxy', 'slow-upstream'] });
});

test('a trace comes as protobuf for Tempo, and as before for Jaeger', async () => {
  const expected = (await api.get(`/api/v1/traces/${storyTraceId}`)).body;
  const alone = await getBytes(`traces/${storyTraceId}`);
  expect(alone.type).toBe('application/protobuf');
  expect(readTraces(alone.bytes)).toEqual(expected);
  const within = await getBytes(`v2/traces/${storyTraceId}`);
  const { root } = protobuf.parse('syntax = "proto3"; message TraceByIDResponse { bytes trace = 1; }');
  const { trace } = root.lookupType('TraceByIDResponse').decode(within.bytes) as unknown as { trace: Uint8Array };
  expect(readTraces(trace)).toEqual(expected);
  expect((await api.get(`/api/v2/traces/${storyTraceId}`)).body).toEqual({ trace: expected, metrics: {} });
  expect((await api.get(`/api/traces/${storyTraceId}`)).body).toMatchObject({ data: [{ traceID: storyTraceId }] });
});

test('a metrics query answers with series, and with one value of each', async () => {
  const q = '{ } | count_over_time() by (resource.service.name)';
  const proxy = { key: 'resource.service.name', value: { stringValue: 'proxy' } };
  const { series } = (await get('metrics/query_range', { q, step: '5' })).body as { series: { labels: unknown }[] };
  expect(series.find(({ labels }) => JSON.stringify(labels) === JSON.stringify([proxy]))).toEqual({
    labels: [proxy],
    promLabels: '{"resource.service.name"="proxy"}',
    samples: [
      { timestampMs: '1790000000000', value: 2 },
      { timestampMs: '1790000005000', value: 0 },
      { timestampMs: '1790000010000', value: 0 },
    ],
    exemplars: [],
  });
  expect((await get('metrics/query', { query: '{ } | count_over_time()' })).body).toEqual({
    series: [
      {
        labels: [{ key: '__name__', value: { stringValue: 'count_over_time' } }],
        promLabels: '{"__name__"="count_over_time"}',
        value: 3,
      },
    ],
    metrics: {},
  });
  expect(await get('metrics/query_range', { q: '{ }' })).toMatchObject({ status: 400 });
});

test('what is wrong is a line of text', async () => {
  const wrong = await get('search', { q: '{ durration > 1s }' });
  expect(wrong).toMatchObject({ status: 400, body: expect.stringContaining('durration') });
  expect(await api.get(`/api/v2/traces/${'d'.repeat(32)}`)).toMatchObject({
    status: 404,
    body: expect.stringMatching(/^No span of trace d+ is stored/),
  });
});
