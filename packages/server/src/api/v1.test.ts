import { readTraces } from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from './api.fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
});
afterAll(() => api.remove());

const range = `start=${storyStart}&end=${storyStart + 10_000_000_000n}`;

const summary = {
  traceId: storyTraceId,
  rootServiceName: 'proxy',
  rootSpanName: 'GET /',
  hasRoot: true,
  startUnixNano: '1790000000000000000',
  durationNano: '3020000000',
  spanCount: 3,
  errorCount: 0,
  services: [
    { name: 'proxy', spanCount: 2, errorCount: 0 },
    { name: 'slow-upstream', spanCount: 1, errorCount: 0 },
  ],
};

test('services are listed with their figures', async () => {
  expect(await api.get('/api/v1/services')).toMatchObject({
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: {
      services: [
        { name: 'proxy', spanCount: 2, errorCount: 0, lastSeenUnixNano: '1790000000005000000' },
        { name: 'slow-upstream', spanCount: 1, errorCount: 0, lastSeenUnixNano: '1790000000008000000' },
      ],
    },
  });
});

test('services of a time without spans are none', async () => {
  expect((await api.get('/api/v1/services?end=2020-01-01T00:00:00Z')).body).toEqual({ services: [] });
  expect((await api.get('/api/v1/services?start=2030-01-01T00:00:00Z')).body).toEqual({ services: [] });
});

test("a service's span names are listed, narrowed by what they begin with", async () => {
  expect((await api.get(`/api/v1/services/proxy/span-names?${range}`)).body).toEqual({
    spanNames: [
      { name: 'GET', kind: 3, spanCount: 1 },
      { name: 'GET /', kind: 2, spanCount: 1 },
    ],
  });
  expect((await api.get('/api/v1/services/slow-upstream/span-names?prefix=get%20/DE')).body).toEqual({
    spanNames: [{ name: 'GET /delay/:ms', kind: 2, spanCount: 1 }],
  });
  expect((await api.get('/api/v1/services/not%2Fthere/span-names')).body).toEqual({ spanNames: [] });
});

test('attribute keys are listed by frequency, narrowed by service, scope and beginning', async () => {
  expect((await api.get('/api/v1/attributes?prefix=HTTP.')).body).toEqual({
    attributes: [
      { scope: 'span', key: 'http.response.status_code', type: 'int', spanCount: 2 },
      { scope: 'span', key: 'http.route', type: 'string', spanCount: 2 },
    ],
  });
  expect((await api.get('/api/v1/attributes?service=proxy&scope=resource')).body).toEqual({
    attributes: [{ scope: 'resource', key: 'service.name', type: 'string', spanCount: 2 }],
  });
});

test('attribute keys are narrowed by what a search takes, and say how many spans were looked at', async () => {
  const q = encodeURIComponent('{ span.http.route = "/" }');
  expect((await api.get(`/api/v1/attributes?${range}&q=${q}&scope=span`)).body).toEqual({
    attributes: [
      { scope: 'span', key: 'http.response.status_code', type: 'int', spanCount: 1 },
      { scope: 'span', key: 'http.route', type: 'string', spanCount: 1 },
    ],
    sample: { spanCount: 1, startUnixNano: expect.stringMatching(/^\d+$/) },
  });
});

test('attribute values are listed as a search takes them', async () => {
  const values = async (query: string): Promise<unknown> =>
    ((await api.get(`/api/v1/attributes/values?${range}&${query}`)).body as { values: unknown }).values;
  expect(await values('key=http.response.status_code')).toEqual([{ value: '200', type: 'int', spanCount: 2 }]);
  expect(await values('key=http.route&prefix=/d')).toEqual([{ value: '/delay/:ms', type: 'string', spanCount: 1 }]);
  expect(await values('key=http.route&service=proxy')).toEqual([{ value: '/', type: 'string', spanCount: 1 }]);
  expect(await values('field=span.http.route&minDuration=3010ms')).toEqual([
    { value: '/', type: 'string', spanCount: 1 },
  ]);
  expect(await values('key=service.name&scope=span')).toEqual([]);
  expect(await values('key=never.seen')).toEqual([]);
});

describe('search', () => {
  test('answers with summaries of whole traces', async () => {
    const url = `/api/v1/traces?${range}&service=slow-upstream&attribute=http.response.status_code%3D200&minDuration=3s`;
    expect((await api.get(url)).body).toEqual({ traces: [{ ...summary, matchedSpanCount: 1 }] });
  });

  test('takes several attributes, of which all must hold', async () => {
    const found = async (...attributes: string[]): Promise<unknown> =>
      (await api.get(`/api/v1/traces?${range}${attributes.map((a) => `&attribute=${encodeURIComponent(a)}`).join('')}`))
        .body;
    expect(await found('http.route=/', 'resource.service.name=proxy')).toEqual({
      traces: [{ ...summary, matchedSpanCount: 1 }],
    });
    expect(await found('http.route=/', 'resource.service.name=slow-upstream')).toEqual({ traces: [] });
  });

  test('looks at the last hour only, unless told otherwise', async () => {
    expect((await api.get('/api/v1/traces')).body).toEqual({ traces: [] });
  });

  test('treats an empty parameter as one that is not given', async () => {
    expect((await api.get(`/api/v1/traces?${range}&service=&name=&minDuration=&cursor=`)).body).toEqual({
      traces: [{ ...summary, matchedSpanCount: 3 }],
    });
  });
});

describe('a trace', () => {
  test('is given as the OTLP that came in', async () => {
    expect(await api.get(`/api/v1/traces/${storyTraceId}`)).toMatchObject({ status: 200, body: expect.anything() });
    const { body } = await api.get(`/api/v1/traces/${storyTraceId.toUpperCase()}`);
    expect(attributesSorted(body)).toEqual(attributesSorted(story));
  });

  test('is given among others, in the order that was asked for', async () => {
    const unknown = 'd'.repeat(32);
    const query = `traceId=${unknown}&traceId=${storyTraceId}&traceId=${storyTraceId.toUpperCase()}`;
    const { body } = await api.get(`/api/v1/whole-traces?${query}`);
    const { body: alone } = await api.get(`/api/v1/traces/${storyTraceId}`);
    expect(body).toEqual({ traces: [{ traceId: storyTraceId, ...(alone as object) }] });
  });

  test('is given among a hundred at most', async () => {
    const ids = Array.from({ length: 101 }, (_, n) => `traceId=${String(n).padStart(32, '0')}`).join('&');
    expect(await api.get(`/api/v1/whole-traces?${ids}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid-trace-ids', field: 'traceId' } },
    });
  });

  test('is saved as a file where asked for', async () => {
    const { headers } = await api.get(`/api/v1/traces/${storyTraceId}?download=1`);
    expect(headers['content-disposition']).toBe(`attachment; filename="trace-${storyTraceId}.json"`);
    expect((await api.get(`/api/v1/traces/${storyTraceId}`)).headers['content-disposition']).toBeUndefined();
  });

  test('is explained: the critical path, and the span to blame', async () => {
    const { body } = await api.get(`/api/v1/traces/${storyTraceId}/explanation`);
    expect(body).toMatchObject({
      traceId: storyTraceId,
      startUnixNano: '1790000000000000000',
      durationNano: '3020000000',
      blame: {
        spanId: '00000000000000b1',
        text: 'GET /delay/:ms in slow-upstream took 3 s of 3.02 s (99 %) by itself: no call below it explains the time.',
      },
    });
    const path = (body as { criticalPath: { spanId: string }[] }).criticalPath.map((segment) =>
      segment.spanId.slice(-2),
    );
    expect(path).toEqual(['a1', 'a2', 'b1', 'a2', 'a1']);
  });

  test.each(['', '/explanation'])('is found by the beginning of its id (%s)', async (suffix) => {
    const whole = await api.get(`/api/v1/traces/${storyTraceId}${suffix}`);
    expect(await api.get(`/api/v1/traces/${storyTraceId.slice(0, 6)}${suffix}`)).toMatchObject({
      status: 200,
      body: whole.body,
    });
  });

  test("comes as OTLP's protobuf where that is asked for", async () => {
    const headers = { accept: 'application/x-protobuf' };
    const answer = await api.app.inject({ url: `/api/v1/traces/${storyTraceId}?download=1`, headers });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-disposition': `attachment; filename="trace-${storyTraceId}.pb"`,
    });
    expect(readTraces(answer.rawPayload)).toEqual((await api.get(`/api/v1/traces/${storyTraceId}`)).body);
  });

  test.each(['', '/explanation'])('that is not stored answers 404 (%s)', async (suffix) => {
    expect(await api.get(`/api/v1/traces/dddddddddddddddddddddddddddddddd${suffix}`)).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'trace-not-found',
          field: 'traceId',
          message: expect.stringContaining('No span of trace dddddddddddddddddddddddddddddddd is stored'),
        },
      },
    });
  });
});

test('status says what this server is and holds', async () => {
  expect((await api.get('/api/v1/status')).body).toMatchObject({ version: '1.2.3', spanCount: 3 });
});

describe('a request that is wrong', () => {
  test.each([
    [
      '/api/v1/traces?servise=x',
      'unknown-parameter',
      'servise',
      '"servise" is no parameter here: it takes q, attribute, service, name',
    ],
    ['/api/v1/status?x=1', 'unknown-parameter', 'x', 'it takes none'],
    ['/api/v1/traces?service=a&service=b', 'repeated-parameter', 'service', 'given 2 times'],
    ['/api/v1/traces?limit=many', 'invalid-limit', 'limit', 'limit="many" is not a whole number from 1 to 1000'],
    ['/api/v1/traces?minDuration=fast', 'invalid-duration', 'minDuration', 'minDuration="fast" is not a duration'],
    ['/api/v1/traces?attribute=user', 'invalid-attribute', 'attribute', 'give key=value'],
    ['/api/v1/traces?cursor=x', 'invalid-cursor', 'cursor', 'leave it out to begin with the first page'],
    ['/api/v1/traces/xyz', 'invalid-trace-id', 'traceId', 'give its 32 hex digits'],
    ['/api/v1/services?start=now', 'invalid-time', 'start', 'start="now" is not a time'],
    ['/api/v1/services?start=20&end=10', 'invalid-time-range', 'start', 'start (20) lies after end (10)'],
    ['/api/v1/attributes?scope=process', 'invalid-scope', 'scope', 'give one of span, resource'],
    ['/api/v1/attributes/values', 'missing-key', 'key', 'Give the attribute: key=http.route'],
  ])('%s is told which parameter, why, and what would be right', async (url, code, field, message) => {
    expect(await api.get(url)).toMatchObject({
      status: 400,
      body: { error: { code, field, message: expect.stringContaining(message) } },
    });
  });
});

describe('health', () => {
  test('is alive while it answers, and ready when all parts are', async () => {
    expect(await api.get('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await api.get('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
    api.setReady('the store is opening');
    expect(await api.get('/readyz')).toMatchObject({
      status: 503,
      body: { status: 'not ready', reason: 'the store is opening' },
    });
    api.setReady(true);
  });

  test('metrics come as Prometheus reads them', async () => {
    expect(await api.get('/metrics')).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: 'sightline_spans_received_total 3\n',
    });
  });
});

/** The store keeps attributes by type, so their order among types is its own. */
function attributesSorted(trace: unknown): unknown {
  return JSON.parse(JSON.stringify(trace), (key, value) =>
    key === 'attributes' ? value.sort((a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1)) : value,
  );
}

test("a service's spans are counted and deleted by their age, which has to be given", async () => {
  const url = '/api/v1/services/proxy/spans';
  expect((await api.get(`${url}?olderThan=1h`)).body).toEqual({ spanCount: 0 });
  for (const query of ['', '?olderThan=', '?olderThan=old']) {
    const refused = await api.app.inject({ method: 'DELETE', url: `${url}${query}` });
    expect(refused.json()).toMatchObject({ error: { field: 'olderThan', message: expect.stringMatching(/1d|1.5s/) } });
    expect(refused.statusCode).toBe(400);
  }
  const { spanCount } = (await api.get(`${url}?olderThan=0s`)).body as { spanCount: number };
  expect(spanCount).toBeGreaterThan(0);
  const deleted = await api.app.inject({ method: 'DELETE', url: `${url}?olderThan=0s` });
  expect(deleted.json()).toEqual({ spanCount });
  const { services } = (await api.get('/api/v1/services')).body as { services: { name: string }[] };
  expect(services.map(({ name }) => name)).not.toContain('proxy');
});
