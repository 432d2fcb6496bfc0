import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from '../api.fixture.ts';

let api: ApiFixture;
const loneId = `${'0'.repeat(16)}1234567890abcdef`;
const loneStart = storyStart + 60_000_000_000n;

beforeAll(async () => {
  api = await openApiFixture();
});
afterAll(() => api.remove());

function rfc3339(unixNano: bigint): string {
  const ms = unixNano / 1_000_000n;
  return new Date(Number(ms))
    .toISOString()
    .replace(/\.\d+Z$/, `.${String(unixNano % 1_000_000_000n).padStart(9, '0')}Z`);
}

const range = `query.startTimeMin=${rfc3339(storyStart)}&query.startTimeMax=${rfc3339(storyStart + 120_000_000_000n)}`;

async function body(url: string): Promise<unknown> {
  return (await api.get(`/api/v3${url}`)).body;
}

test('where nothing is stored, lists are empty and not null', async () => {
  expect(await body('/services')).toEqual({ services: [] });
  expect(await body('/operations?service=nobody')).toEqual({ operations: [] });
  expect(await body(`/trace-summaries?${range}`)).toEqual({ summaries: [] });
});

test('services and operations, each operation with a kind', async () => {
  await insert();
  expect(await body('/services')).toEqual({ services: ['lone', 'proxy', 'slow-upstream'] });
  expect(await body('/operations?service=proxy')).toEqual({
    operations: [
      { name: 'GET', spanKind: 'client' },
      { name: 'GET /', spanKind: 'server' },
    ],
  });
  expect(await body('/operations?service=lone')).toEqual({ operations: [{ name: 'work', spanKind: 'internal' }] });
  expect(await body('/operations?service=proxy&spanKind=client')).toEqual({
    operations: [{ name: 'GET', spanKind: 'client' }],
  });
  expect(await body('/operations?service=proxy&span_kind=client')).toEqual({
    operations: [{ name: 'GET', spanKind: 'client' }],
  });
});

async function insert(): Promise<void> {
  await api.insert(story);
  await api.insert({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'lone' } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: loneId,
                spanId: '00000000000000c1',
                parentSpanId: '00000000000000ff',
                name: 'work',
                startTimeUnixNano: String(loneStart),
                endTimeUnixNano: String(loneStart + 5n),
                status: { code: 2 },
              },
            ],
          },
        ],
      },
    ],
  });
}

test('summaries tell what a list of results shows, newest first', async () => {
  expect(await body(`/trace-summaries?${range}`)).toEqual({
    summaries: [
      {
        traceId: loneId,
        rootServiceName: 'lone',
        rootOperationName: 'work',
        minStartTimeUnixNano: String(loneStart),
        maxEndTimeUnixNano: String(loneStart + 5n),
        spanCount: 1,
        errorSpanCount: 1,
        orphanSpanCount: 1,
        services: [{ name: 'lone', spanCount: 1, errorSpanCount: 1 }],
      },
      {
        traceId: storyTraceId,
        rootServiceName: 'proxy',
        rootOperationName: 'GET /',
        minStartTimeUnixNano: String(storyStart),
        maxEndTimeUnixNano: String(storyStart + 3_020_000_000n),
        spanCount: 3,
        errorSpanCount: 0,
        orphanSpanCount: 0,
        services: [
          { name: 'proxy', spanCount: 2, errorSpanCount: 0 },
          { name: 'slow-upstream', spanCount: 1, errorSpanCount: 0 },
        ],
      },
    ],
  });
});

test.each([
  ['query.serviceName=proxy', [storyTraceId]],
  ['query.serviceName=proxy&query.operationName=work', []],
  ['query.durationMin=100ms', [storyTraceId]],
  ['query.durationMax=1.5ms', [loneId]],
  ['query.searchDepth=1', [loneId]],
  ['query.num_traces=1', [loneId]],
  [`query.attributes=${encodeURIComponent('{"http.route":"/"}')}`, [storyTraceId]],
  [`query.attributes=${encodeURIComponent('{"error":"true"}')}`, [loneId]],
  ['query.service_name=lone&query.raw_traces=true&unknown=1', [loneId]],
])('%s finds %j', async (query, traceIds) => {
  const { summaries } = (await body(`/trace-summaries?${range}&${query}`)) as { summaries: { traceId: string }[] };
  expect(summaries.map(({ traceId }) => traceId)).toEqual(traceIds);
});

test('whole traces come in OTLP JSON, in one result', async () => {
  const result = (await body(`/traces/${storyTraceId}`)) as { result: object };
  expect(result).toEqual({ result: story });
  expect(await body(`/traces/${Buffer.from(storyTraceId, 'hex').toString('base64url')}`)).toEqual({ result: story });
  expect(await body(`/traces?${range}&query.serviceName=proxy`)).toEqual({ result: story });
  expect(await body(`/traces?${range}`)).toMatchObject({
    result: { resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: loneId }] }] }, {}, {}] },
  });
});

test.each([
  ['/traces/dddd', 404, 'trace not found'],
  ['/traces/xyz', 400, '"xyz" is not a trace id: give hex digits.'],
  [`/traces?${range}&query.serviceName=nobody`, 404, 'trace not found'],
  ['/operations', 400, "parameter 'service' is required"],
  ['/operations?service=a&spanKind=odd', 400, "unsupported span kind: 'odd'"],
  ['/trace-summaries', 400, 'query.startTimeMin and query.startTimeMax are required'],
  ['/trace-summaries?query.startTimeMin=yesterday', 400, '"yesterday" is not a time'],
  [`/trace-summaries?${range}&query.durationMin=5`, 400, '"5" is not a duration'],
  [`/trace-summaries?${range}&query.searchDepth=x`, 400, 'query.searchDepth="x" is not a whole number'],
  [`/trace-summaries?${range}&query.attributes=x`, 400, 'query.attributes="x" is not a JSON object'],
  [`/trace-summaries?${range}&query.filter={}`, 400, 'A structured filter is not understood here'],
])('%s answers %i as a gRPC gateway does', async (url, httpCode, message) => {
  expect(await api.get(`/api/v3${url}`)).toMatchObject({
    status: httpCode,
    body: { error: { httpCode, message: expect.stringContaining(message) } },
  });
});

test('what is not there is a real 404', async () => {
  expect((await api.get('/api/v3/unknown')).status).toBe(404);
});
