import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { SpanKind } from '@opentelemetry/api';
import { ZipkinExporter } from '@opentelemetry/exporter-zipkin';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { beforeEach, expect, test } from 'vitest';
import zipkin from 'zipkin';
import transport from 'zipkin-transport-http';
import { type FlatSpan, spansOf, zipkinFixture } from '../translate/zipkin.fixture.ts';
import { translateZipkinJson } from '../translate/zipkin-json.ts';
import type { TestIntake } from './intake.fixture.ts';
import { maxBodyBytes } from './intake.ts';
import { startHttpReceiver } from './receiver.fixture.ts';
import { registerZipkin } from './zipkin-http.ts';

const json = 'application/json';
const protobuf = 'application/x-protobuf';
const thrift = 'application/x-thrift';

let intake: TestIntake;
let url: string;

beforeEach(async () => {
  ({ intake, url } = await startHttpReceiver(registerZipkin, { maxSpoolBytes: 4 * 1024 * 1024 }));
});

function post(path: string, body: Uint8Array | string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${url}${path}`, { method: 'POST', body: Buffer.from(body), headers });
}

async function statusAndText(response: Response): Promise<[number, string]> {
  return [response.status, await response.text()];
}

async function received(): Promise<FlatSpan[]> {
  const payloads = await intake.payloads();
  return payloads.flatMap((payload) => spansOf({ payload, spreadBytes: 0, spanCount: 0, refusedCount: 0 }));
}

test.each([
  ['/api/v2/spans', 'py-zipkin-v2.json', { 'content-type': 'application/json; charset=utf-8' }],
  ['/api/v2/spans', 'py-zipkin-v2.proto.bin', { 'content-type': protobuf }],
  ['/api/v1/spans', 'py-zipkin-v1.json', { 'content-type': json }],
  ['/api/v1/spans', 'py-zipkin-v1.thrift.bin', { 'content-type': thrift }],
  ['/api/v2/spans', 'py-zipkin-v2.json', { 'content-type': json, 'content-encoding': 'gzip' }],
])('%s takes %s with %o', async (path, name, headers) => {
  const bytes = zipkinFixture(name);
  const response = await post(path, 'content-encoding' in headers ? gzipSync(bytes) : bytes, headers);
  expect(await statusAndText(response)).toEqual([202, '']);
  expect((await received()).map(({ name, service }) => [service, name]).slice(0, 3)).toEqual([
    ['web', 'GET /cart'],
    ['web', 'GET /stock'],
    ['stock', 'GET /stock'],
  ]);
  expect(intake.metrics.snapshot().receivedSpans).toBe(4);
});

test('a body without a content type is JSON', async () => {
  const body = new Blob([new Uint8Array(zipkinFixture('py-zipkin-v2.json'))]);
  const response = await fetch(`${url}/api/v2/spans`, { method: 'POST', body });
  expect([response.status, (await received()).length]).toEqual([202, 4]);
});

test('keeps the good spans, and says which were refused, and why', async () => {
  const good = { traceId: '1', id: '2', timestamp: 1 };
  const some = await post('/api/v2/spans', JSON.stringify([good, { ...good, id: '0' }, { id: '1' }]), {
    'content-type': json,
  });
  expect(await statusAndText(some)).toEqual([202, '2 spans were refused; the first: [1]: id is all zeros\n']);
  const none = await post('/api/v2/spans', JSON.stringify([{ ...good, traceId: 'x' }]), { 'content-type': json });
  expect(await statusAndText(none)).toEqual([
    400,
    '1 span was refused; the first: [0]: traceId "x" is not made of hex digits\n',
  ]);
  expect(await received()).toHaveLength(1);
  expect(intake.metrics.snapshot().rejectedSpans.get('invalid-span')).toBe(3);
});

test('answers in text: 400, 405, 404, 413, 415', async () => {
  const undecodable = await post('/api/v2/spans', '[{"traceId":7', { 'content-type': json });
  expect(undecodable.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(await statusAndText(undecodable)).toEqual([
    400,
    '[0]: the end of the JSON text where a comma or } belongs (at byte 13)\n',
  ]);
  const get = await fetch(`${url}/api/v2/spans`);
  expect([get.headers.get('allow'), ...(await statusAndText(get))]).toEqual(['POST', 405, 'Send spans with POST.\n']);
  expect((await fetch(`${url}/api/v2/traces`)).status).toBe(404);
  expect(await statusAndText(await post('/api/v2/spans', 'x', { 'content-type': thrift }))).toEqual([
    415,
    'application/x-thrift is not taken here: send application/json or application/x-protobuf.\n',
  ]);
  expect((await post('/api/v1/spans', 'x', { 'content-type': protobuf })).status).toBe(415);
  const bomb = await post('/api/v2/spans', gzipSync(Buffer.alloc(3 * maxBodyBytes)), {
    'content-type': json,
    'content-encoding': 'gzip',
  });
  expect(bomb.status).toBe(413);
  expect(await received()).toEqual([]);
});

test('answers 503 with Retry-After while the spool is full', async () => {
  const body = JSON.stringify([{ traceId: '1', id: '1', timestamp: 1, name: 'n'.repeat(1.5 * 1024 * 1024) }]);
  const responses = [];
  for (let i = 0; i < 3; i++) responses.push(await post('/api/v2/spans', body, { 'content-type': json }));
  expect(responses.map(({ status }) => status)).toEqual([202, 202, 503]);
  expect(responses[2]?.headers.get('retry-after')).toBe('5');
});

test.each([
  ['v1', zipkin.jsonEncoder.JSON_V1],
  ['v2', zipkin.jsonEncoder.JSON_V2],
] as const)('zipkin-js sends its %s JSON here', async (version, jsonEncoder) => {
  const logger = new transport.HttpLogger({ endpoint: `${url}/api/${version}/spans`, jsonEncoder, httpInterval: 10 });
  const delivered = once(logger as unknown as NodeJS.EventEmitter, 'success');
  const recorder = new zipkin.BatchRecorder({ logger });
  const tracer = new zipkin.Tracer({ ctxImpl: new zipkin.ExplicitContext(), recorder, localServiceName: 'web' });
  tracer.local('render', () => tracer.recordBinary('lines', '40'));
  await delivered;
  expect(await received()).toMatchObject([{ service: 'web', name: 'render', attributes: { lines: '40' } }]);
});

test("OpenTelemetry's Zipkin exporter sends here", async () => {
  const exporter = new ZipkinExporter({ url: `${url}/api/v2/spans` });
  const resource = resourceFromAttributes({ 'service.name': 'checkout' });
  const provider = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const span = provider.getTracer('test').startSpan('pay', { kind: SpanKind.CLIENT });
  span.recordException(new Error('declined'));
  span.end();
  await provider.forceFlush();
  expect(await received()).toMatchObject([
    { service: 'checkout', name: 'pay', kind: 3, spanId: span.spanContext().spanId, events: [{ name: 'exception' }] },
  ]);
});

test('both halves of a call are in the spool as two spans', async () => {
  const call = spansOf(translateZipkinJson(zipkinFixture('zipkin-js-v2.json'))).filter(
    ({ name }) => name === 'get /stock',
  );
  await post('/api/v2/spans', zipkinFixture('zipkin-js-v2.json'), { 'content-type': json });
  const stored = (await received()).filter(({ spanId }) => spanId === call[0]?.spanId);
  expect(stored.map(({ kind }) => kind).sort()).toEqual([2, 3]);
});
