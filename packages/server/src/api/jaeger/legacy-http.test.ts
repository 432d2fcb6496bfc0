import type { TracesData } from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from '../api.fixture.ts';

let api: ApiFixture;
const oddId = '00000000000000001234567890abcdef';
const startMicros = Number(storyStart / 1000n);
const range = `start=${startMicros}&end=${startMicros + 10_000_000}`;

/** An orphan with an error, events, links and every type of attribute; a minute after the story. */
const odd: TracesData = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'worker' } },
          { key: 'host.name', value: { stringValue: 'h1' } },
          { key: 'process.pid', value: { intValue: '7' } },
        ],
      },
      scopeSpans: [
        {
          scope: { name: 'queue', version: '2.0' },
          spans: [
            {
              traceId: oddId,
              spanId: '00000000000000c1',
              parentSpanId: '00000000000000ff',
              traceState: 'a=b',
              flags: 0x101,
              name: 'consume',
              kind: 5,
              startTimeUnixNano: String(storyStart + 60_000_000_999n),
              endTimeUnixNano: String(storyStart + 60_001_500_999n),
              attributes: [
                { key: 's', value: { stringValue: 'text' } },
                { key: 'i', value: { intValue: '42' } },
                { key: 'big', value: { intValue: '9223372036854775807' } },
                { key: 'd', value: { doubleValue: 0.5 } },
                { key: 'b', value: { boolValue: false } },
                { key: 'bytes', value: { bytesValue: 'AAEC' } },
                {
                  key: 'list',
                  value: { arrayValue: { values: [{ stringValue: 'x' }, { intValue: '9007199254740993' }, {}] } },
                },
                { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
                { key: 'nothing', value: {} },
              ],
              droppedAttributesCount: 2,
              events: [
                {
                  timeUnixNano: String(storyStart + 60_001_000_000n),
                  name: 'exception',
                  attributes: [{ key: 'exception.message', value: { stringValue: 'no' } }],
                },
              ],
              links: [
                { traceId: storyTraceId, spanId: '00000000000000b1' },
                {
                  traceId: storyTraceId,
                  spanId: '00000000000000a1',
                  attributes: [{ key: 'opentracing.ref_type', value: { stringValue: 'child_of' } }],
                },
              ],
              status: { code: 2, message: 'it broke' },
            },
          ],
        },
      ],
    },
  ],
};

beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
  await api.insert(odd);
});
afterAll(() => api.remove());

function envelope(data: unknown, total = 0): unknown {
  return { data, total, limit: 0, offset: 0, errors: null };
}

async function traceIds(query: string): Promise<string[]> {
  const { status, body } = await api.get(`/api/traces?${query}`);
  expect(status).toBe(200);
  return (body as { data: { traceID: string }[] }).data.map((trace) => trace.traceID);
}

test('services are names in an envelope', async () => {
  expect((await api.get('/api/services')).body).toEqual(envelope(['proxy', 'slow-upstream', 'worker'], 3));
});

test('operations are names, or names with their kind', async () => {
  expect((await api.get('/api/services/proxy/operations')).body).toEqual(envelope(['GET', 'GET /'], 2));
  expect((await api.get('/api/services/nobody/operations')).body).toEqual(envelope([], 0));
  expect((await api.get('/api/operations?service=proxy&spanKind=server')).body).toEqual(
    envelope([{ name: 'GET /', spanKind: 'server' }], 1),
  );
  expect(await api.get('/api/operations')).toEqual({
    status: 400,
    headers: expect.anything(),
    body: {
      data: null,
      total: 0,
      limit: 0,
      offset: 0,
      errors: [{ code: 400, msg: "parameter 'service' is required" }],
    },
  });
});

test('a span is told in tags, logs and references, with times in microseconds', async () => {
  expect((await api.get('/api/traces/1234567890abcdef')).body).toEqual(
    envelope([
      {
        traceID: oddId,
        spans: [
          {
            traceID: oddId,
            spanID: '00000000000000c1',
            flags: 1,
            operationName: 'consume',
            references: [
              { refType: 'CHILD_OF', traceID: oddId, spanID: '00000000000000ff' },
              { refType: 'FOLLOWS_FROM', traceID: storyTraceId, spanID: '00000000000000b1' },
              { refType: 'CHILD_OF', traceID: storyTraceId, spanID: '00000000000000a1' },
            ],
            startTime: startMicros + 60_000_000,
            duration: 1500,
            tags: [
              { key: 'otel.scope.name', type: 'string', value: 'queue' },
              { key: 'otel.scope.version', type: 'string', value: '2.0' },
              { key: 's', type: 'string', value: 'text' },
              { key: 'i', type: 'int64', value: 42 },
              { key: 'big', type: 'int64', value: '9223372036854775807' },
              { key: 'd', type: 'float64', value: 0.5 },
              { key: 'b', type: 'bool', value: false },
              { key: 'bytes', type: 'binary', value: 'AAEC' },
              { key: 'list', type: 'string', value: '["x",9007199254740993,null]' },
              { key: 'map', type: 'string', value: '{"k":true}' },
              { key: 'nothing', type: 'string', value: '' },
              { key: 'span.kind', type: 'string', value: 'consumer' },
              { key: 'otel.status_code', type: 'string', value: 'ERROR' },
              { key: 'error', type: 'bool', value: true },
              { key: 'otel.status_description', type: 'string', value: 'it broke' },
              { key: 'w3c.tracestate', type: 'string', value: 'a=b' },
              { key: 'otel.dropped_attributes_count', type: 'int64', value: 2 },
            ],
            logs: [
              {
                timestamp: startMicros + 60_001_000,
                fields: [
                  { key: 'event', type: 'string', value: 'exception' },
                  { key: 'exception.message', type: 'string', value: 'no' },
                ],
              },
            ],
            processID: 'p1',
            warnings: null,
          },
        ],
        processes: {
          p1: {
            serviceName: 'worker',
            tags: [
              { key: 'host.name', type: 'string', value: 'h1' },
              { key: 'process.pid', type: 'int64', value: 7 },
            ],
          },
        },
        warnings: null,
      },
    ]),
  );
});

test('the spans of a trace come by start time, each with its process', async () => {
  const { body } = await api.get(`/api/traces/${storyTraceId}`);
  const [trace] = (body as { data: { spans: { spanID: string; processID: string }[]; processes: unknown }[] }).data;
  expect(trace?.spans.map(({ spanID, processID }) => `${spanID.slice(-2)} ${processID}`)).toEqual([
    'a1 p1',
    'a2 p1',
    'b1 p2',
  ]);
  expect(trace?.processes).toMatchObject({ p1: { serviceName: 'proxy' }, p2: { serviceName: 'slow-upstream' } });
});

test('a trace that is not there answers 404, in the envelope', async () => {
  expect(await api.get('/api/traces/dddd')).toMatchObject({
    status: 404,
    body: { data: null, errors: [{ code: 404, msg: 'trace not found' }] },
  });
});

test('a trace that is to be archived stays; one that is not there is an error', async () => {
  const archive = async (traceId: string) => {
    const { statusCode, body } = await api.app.inject({ method: 'POST', url: `/api/archive/${traceId}` });
    return { statusCode, body: JSON.parse(body) };
  };
  expect(await archive(storyTraceId)).toEqual({
    statusCode: 200,
    body: { data: [], total: 0, limit: 0, offset: 0, errors: [] },
  });
  expect(await archive('dddd')).toMatchObject({
    statusCode: 404,
    body: { errors: [{ code: 404, msg: 'trace not found' }] },
  });
});

test('prettyPrint indents', async () => {
  const { body } = await api.app.inject(`/api/traces/${storyTraceId}?prettyPrint=true`);
  expect(body).toContain('{\n    "data": [\n');
});

describe('search', () => {
  const all = `start=${startMicros}&end=${startMicros + 120_000_000}`;

  test('finds by service and operation, newest first', async () => {
    expect(await traceIds(`${all}`)).toEqual([oddId, storyTraceId]);
    expect(await traceIds(`service=proxy&${all}`)).toEqual([storyTraceId]);
    expect(await traceIds(`service=proxy&operation=consume&${all}`)).toEqual([]);
    expect(await traceIds(`service=slow-upstream&operation=GET%20/delay/:ms&${range}`)).toEqual([storyTraceId]);
    expect(await traceIds(`${all}&limit=1`)).toEqual([oddId]);
  });

  test('finds by duration, and looks back from the end', async () => {
    expect(await traceIds(`${all}&minDuration=100ms`)).toEqual([storyTraceId]);
    expect(await traceIds(`${all}&maxDuration=1.6ms`)).toEqual([oddId]);
    expect(await traceIds(`end=${startMicros + 61_000_000}&lookback=10s`)).toEqual([oddId]);
    expect(await traceIds(`end=${startMicros + 61_000_000}&lookback=2m`)).toEqual([oddId, storyTraceId]);
    expect(await traceIds('lookback=1h')).toEqual([]);
  });

  test.each([
    ['s:text', true],
    ['i:42', true],
    ['d:0.5', true],
    ['b:false', true],
    ['host.name:h1', true],
    ['error:true', true],
    ['error:false', false],
    ['exception.message:no', true],
    ['opentracing.ref_type:child_of', true],
    ['resource.host.name:h1', true],
    ['resource.s:text', false],
    ['span.kind:consumer', true],
    ['otel.status_code:ERROR', true],
    ['otel.scope.name:queue', true],
    ['otel.library.version:2.0', true],
    ['s:other', false],
    ['span.kind:server', false],
    ['otel.scope.name:express', false],
  ])('by tag %s finds it: %s', async (tag, isFound) => {
    expect(await traceIds(`service=worker&${all}&tag=${encodeURIComponent(tag)}`)).toEqual(isFound ? [oddId] : []);
  });

  test('takes tags as JSON, of which all must hold', async () => {
    const tags = (value: unknown): string => `${all}&tags=${encodeURIComponent(JSON.stringify(value))}`;
    expect(await traceIds(tags({ s: 'text', error: 'true' }))).toEqual([oddId]);
    expect(await traceIds(tags({ s: 'text', error: true, i: 42 }))).toEqual([oddId]);
    expect(await traceIds(tags({ s: 'text', i: '43' }))).toEqual([]);
  });

  test('by ids answers with those there are, and names those there are not', async () => {
    const { status, body } = await api.get(`/api/traces?traceID=${oddId}&traceID=dddd&traceID=${storyTraceId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: [{ traceID: oddId }, { traceID: storyTraceId }],
      errors: [{ msg: 'trace not found', traceID: '0000000000000000000000000000dddd' }],
    });
  });

  test.each([
    ['start=yesterday', 'start="yesterday" is not a time: give microseconds since 1970.'],
    ['minDuration=5', 'minDuration="5" is not a duration: give a number with a unit'],
    ['minDuration=2s&maxDuration=1s', 'longer than maxDuration'],
    ['limit=0', 'limit="0" is not a whole number'],
    ['tag=x', 'tag="x" is not a condition: give key:value.'],
    ['tags=x', 'tags="x" is not a JSON object: give {"key":"value"}.'],
    ['tags=[1]', 'is not a JSON object'],
    ['traceID=xyz', '"xyz" is not a trace id'],
    ['start=20&end=10', 'start lies after end'],
  ])('with %s is refused in the envelope', async (query, message) => {
    expect(await api.get(`/api/traces?service=proxy&${query}`)).toMatchObject({
      status: 400,
      body: { data: null, errors: [{ code: 400, msg: expect.stringContaining(message) }] },
    });
  });

  test('ignores what Jaeger ignores', async () => {
    expect(await traceIds(`service=proxy&${range}&lookback=custom&raw=true&view=x&maxDuration=&operation=`)).toEqual([
      storyTraceId,
    ]);
  });
});

describe('transform', () => {
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    api.app.inject({ method: 'POST', url: '/api/transform', payload, headers });

  test.each([{}, { 'content-type': 'text/plain;charset=UTF-8' }, { 'content-type': 'application/json' }])(
    'shows OTLP JSON as Jaeger would, whatever its type is said to be: %j',
    async (headers) => {
      const payload = JSON.stringify({ resourceSpans: [...story.resourceSpans, ...odd.resourceSpans] });
      const { statusCode, body } = await post(payload, headers);
      expect(statusCode).toBe(200);
      const stored = await api.get(`/api/traces?traceID=${storyTraceId}&traceID=${oddId}`);
      expect(JSON.parse(body)).toEqual(stored.body);
    },
  );

  test('says where something else stops to be OTLP JSON', async () => {
    const { statusCode, body } = await post('{"resourceSpans":[7]}');
    expect({ statusCode, body: JSON.parse(body) }).toMatchObject({
      statusCode: 400,
      body: { data: null, errors: [{ code: 400, msg: expect.stringMatching(/not OTLP JSON: .*resourceSpans/) }] },
    });
    expect((await post('')).statusCode).toBe(400);
  });
});
