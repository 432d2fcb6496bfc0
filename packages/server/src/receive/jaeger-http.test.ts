import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { createApp } from '../http/app.ts';
import { listen } from '../http/listen.ts';
import { sendByExporter, sendByJaegerClient } from '../translate/fixtures/jaeger-clients.mjs';
import { type BatchSpan, jaegerFormats } from '../translate/jaeger-batch.fixture.ts';
import type { TestIntake } from './intake.fixture.ts';
import { registerJaegerHttp } from './jaeger-http.ts';
import { startHttpReceiver } from './receiver.fixture.ts';

let intake: TestIntake;
let url: string;

async function start(maxSpoolBytes?: number): Promise<void> {
  const receiver = await startHttpReceiver(registerJaegerHttp, { maxSpoolBytes });
  intake = receiver.intake;
  url = `${receiver.url}/api/traces`;
}

beforeEach(() => start());

const binary = 'application/vnd.apache.thrift.binary';
const span: BatchSpan = { traceIdLow: 1n, spanId: 2n, operationName: 'work', startTime: 5n };

const batch = (...spans: BatchSpan[]): Uint8Array => (jaegerFormats[0] as (typeof jaegerFormats)[0]).write({ spans });

function post(body: Uint8Array, headers: Record<string, string> = { 'content-type': binary }): Promise<Response> {
  return fetch(url, { method: 'POST', body: Buffer.from(body), headers });
}

async function answerOf(answer: Promise<Response>): Promise<[status: number, text: string]> {
  const response = await answer;
  return [response.status, await response.text()];
}

test('takes what the Node client of Jaeger sends', async () => {
  const { traceId, rootId, childId } = await sendByJaegerClient({ collectorEndpoint: url });
  expect(await intake.spans(2)).toMatchObject([
    { traceId, spanId: childId, parentSpanId: rootId, name: 'lock', status: { code: 2 } },
    { traceId, spanId: rootId, name: 'reserve', kind: 2, events: [{ name: 'retry' }] },
  ]);
});

test('takes what OpenTelemetry sends by its Jaeger exporter', async () => {
  const { traceId, rootId, childId } = await sendByExporter({ endpoint: url });
  expect(await intake.spans(2)).toMatchObject([
    { traceId, spanId: childId, parentSpanId: rootId, name: 'SELECT cart', kind: 3 },
    { traceId, spanId: rootId, name: 'GET /cart/:id', kind: 2, status: { code: 2, message: 'no such cart' } },
  ]);
});

test.each([
  ['binary', batch(span), { 'content-type': binary }],
  ['binary, by its other name', batch(span), { 'content-type': 'application/x-thrift; charset=utf-8' }],
  ['binary, gzip', gzipSync(batch(span)), { 'content-type': binary, 'content-encoding': 'gzip' }],
  [
    'compact',
    (jaegerFormats[1] as (typeof jaegerFormats)[0]).write({ spans: [span] }),
    { 'content-type': 'application/vnd.apache.thrift.compact' },
  ],
])('answers 202, without a word, to %s', async (_what, body, headers) => {
  expect(await answerOf(post(body, headers))).toEqual([202, '']);
  expect(await intake.spans(1)).toMatchObject([{ name: 'work' }]);
});

test('refuses single spans, names the first, and keeps the others', async () => {
  const [status, text] = await answerOf(post(batch(span, { ...span, startTime: -5n }, { ...span, spanId: 3n })));
  expect([status, text]).toEqual([202, '1 span was refused; the first: spans[1]: startTime lies before 1970\n']);
  expect(await intake.spans(2)).toHaveLength(2);
  expect(intake.metrics.snapshot().rejectedSpans.get('invalid-span')).toBe(1);
});

test('answers 400 where no span of a batch can be kept', async () => {
  const [status, text] = await answerOf(post(batch({ ...span, traceIdLow: 0n })));
  expect(status).toBe(400);
  expect(text).toContain('traceId is all zeros');
});

test.each([
  [
    'a batch that is cut off',
    batch(span).subarray(0, -9),
    { 'content-type': binary },
    /^Unable to process request body: spans\[0\].*\(at byte \d+\)\n$/,
  ],
  [
    'what is not gzip',
    Buffer.from('nonsense'),
    { 'content-type': binary, 'content-encoding': 'gzip' },
    /^Unable to process request body: body: not gzip/,
  ],
  [
    'another type',
    batch(span),
    { 'content-type': 'application/json' },
    /^Unsupported content type: application\/json\./,
  ],
])('answers 400 in plain text to %s', async (_what, body, headers, message) => {
  const response = await post(body, headers as Record<string, string>);
  expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/plain; charset=utf-8']);
  expect(await response.text()).toMatch(message);
  expect(await intake.received()).toEqual([]);
});

test('answers 413 to more than 16 MiB, also where they come out of a small body', async () => {
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  const [status, text] = await answerOf(post(bomb, { 'content-type': binary, 'content-encoding': 'gzip' }));
  expect([status, text]).toEqual([
    413,
    'Unable to process request body: The body is larger than 16777216 bytes. Send fewer spans at once.\n',
  ]);
});

test('answers 503 with Retry-After while the spool is full', async () => {
  await start(1000);
  const response = await post(batch({ ...span, operationName: 'n'.repeat(2000) }));
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await post(batch(span))).status).toBe(202);
});

test('says what is not there', async () => {
  const get = await fetch(url);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  expect((await fetch(url.replace('/api/traces', '/'))).status).toBe(404);
});

test('a port in use is an error that names the flag', async () => {
  const other = createApp({ host: '127.0.0.1', log: intake.log });
  const port = Number(new URL(url).port);
  await expect(listen(other, '127.0.0.1', port, '--jaeger-http-port')).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining('--jaeger-http-port'),
  });
});
