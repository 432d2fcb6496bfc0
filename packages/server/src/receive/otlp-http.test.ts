import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import { readTraces, type TracesData, writeExportTraceResponse, writeRpcStatus, writeTraces } from '@sightline/wire';
import { beforeEach, expect, test } from 'vitest';
import type { TestIntake } from './intake.fixture.ts';
import { maxBodyBytes } from './intake.ts';
import { registerOtlpHttp } from './otlp-http.ts';
import { startHttpReceiver } from './receiver.fixture.ts';

const protobuf = 'application/x-protobuf';
const json = 'application/json';
const fixture = (name: string): Buffer => readFileSync(new URL(`../../../wire/src/fixtures/${name}`, import.meta.url));

let intake: TestIntake;
let url: string;

beforeEach(async () => {
  const receiver = await startHttpReceiver(registerOtlpHttp);
  intake = receiver.intake;
  url = `${receiver.url}/v1/traces`;
});

function post(body: Uint8Array | string, headers: Record<string, string>, to = url): Promise<Response> {
  return fetch(to, { method: 'POST', body: Buffer.from(body), headers });
}

async function answerOf(response: Response): Promise<{ status: number; type: string | null; body: Buffer }> {
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: Buffer.from(await response.arrayBuffer()),
  };
}

const span = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'work',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};
const tracesOf = (...spans: (typeof span)[]): TracesData => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

const expected = readTraces(fixture('otel-js-proto.bin'));

test.each([
  ['protobuf', fixture('otel-js-proto.bin'), { 'content-type': protobuf }],
  ['protobuf, gzip', fixture('otel-js-proto.bin.gz'), { 'content-type': protobuf, 'content-encoding': 'gzip' }],
  [
    'protobuf, deflate',
    deflateSync(fixture('otel-js-proto.bin')),
    { 'content-type': protobuf, 'content-encoding': 'deflate' },
  ],
  ['JSON', fixture('otel-js-http.json'), { 'content-type': 'application/json; charset=utf-8' }],
  ['JSON, gzip', gzipSync(fixture('otel-js-http.json')), { 'content-type': json, 'content-encoding': 'gzip' }],
])("takes the official exporters' %s", async (_what, body, headers) => {
  const answer = await answerOf(await post(body, headers));
  const isJson = headers['content-type'] !== protobuf;
  expect(answer).toEqual({
    status: 200,
    type: isJson ? `${json}; charset=utf-8` : protobuf,
    body: Buffer.from(isJson ? '{}' : ''),
  });
  expect(await intake.received()).toEqual([expected]);
});

test('refuses single spans by partial success, and keeps the others', async () => {
  const traces = tracesOf(span, { ...span, traceId: '00'.repeat(16) }, { ...span, spanId: '01' });
  const errorMessage = '2 spans were refused; the first: resourceSpans[0].scopeSpans[0].spans[1]: traceId is all zeros';
  const partialSuccess = { rejectedSpans: '2', errorMessage };

  const inJson = await post(JSON.stringify(traces), { 'content-type': json });
  expect([inJson.status, await inJson.json()]).toEqual([200, { partialSuccess }]);
  const inProtobuf = await answerOf(await post(writeTraces(traces), { 'content-type': protobuf }));
  expect(inProtobuf).toEqual({
    status: 200,
    type: protobuf,
    body: Buffer.from(writeExportTraceResponse({ partialSuccess })),
  });
  expect(intake.metrics.snapshot().rejectedSpans).toEqual(new Map([['invalid-span', 4]]));
  expect(intake.metrics.snapshot().receivedSpans).toBe(2);
});

test('answers 400 with byte offset and field path, in the encoding of the request', async () => {
  const cut = writeTraces(tracesOf(span)).subarray(0, -1);
  const message = expect.stringMatching(
    /^resourceSpans\[0\]: a length of \d+ bytes, where \d+ are left \(at byte 1\)$/,
  );
  const inProtobuf = await answerOf(await post(cut, { 'content-type': protobuf }));
  expect([inProtobuf.status, inProtobuf.type]).toEqual([400, protobuf]);
  const text = `resourceSpans[0]: a length of ${cut.length - 1} bytes, where ${cut.length - 2} are left (at byte 1)`;
  expect(text).toEqual(message);
  expect(inProtobuf.body).toEqual(Buffer.from(writeRpcStatus({ code: 3, message: text })));

  const inJson = await post('{"resourceSpans":[{"scopeSpans":7}]}', { 'content-type': json });
  expect([inJson.status, await inJson.json()]).toEqual([
    400,
    { code: 3, message: 'resourceSpans[0].scopeSpans: a number, where an array belongs (at byte 32)' },
  ]);
  const notGzip = await post('nonsense', { 'content-type': json, 'content-encoding': 'gzip' });
  expect([notGzip.status, await notGzip.json()]).toEqual([
    400,
    { code: 3, message: expect.stringContaining('not gzip') },
  ]);
  expect(await intake.received()).toEqual([]);
});

test.each([
  [
    'a text',
    { 'content-type': 'text/plain' },
    'text/plain is not taken here: send application/x-protobuf or application/json.',
  ],
  [
    'an unknown encoding',
    { 'content-type': json, 'content-encoding': 'br' },
    'The content encoding "br" is not known here: send gzip, deflate or none.',
  ],
])('answers 415 to %s', async (_what, headers, message) => {
  const answer = await post('{}', headers);
  expect([answer.status, await answer.json()]).toEqual([415, { code: 3, message }]);
});

test('answers 413 to more than 16 MiB, also where they come out of a small body', async () => {
  const large = await post(Buffer.alloc(maxBodyBytes + 1), { 'content-type': protobuf });
  expect(large.status).toBe(413);
  const bomb = await post(gzipSync(Buffer.alloc(200 * 1024 * 1024)), {
    'content-type': json,
    'content-encoding': 'gzip',
  });
  expect([bomb.status, await bomb.json()]).toEqual([
    413,
    { code: 8, message: 'The body is larger than 16777216 bytes. Send fewer spans at once.' },
  ]);
  expect(process.memoryUsage.rss()).toBeLessThan(1.5e9);
});

test('answers 503 with Retry-After while the spool is full, and takes spans again later', async () => {
  const name = 'n'.repeat(15 * 1024 * 1024);
  const body = writeTraces(tracesOf({ ...span, name }));
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push(await post(body, { 'content-type': protobuf }));
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 503]);
  expect(statuses[2]?.headers.get('retry-after')).toBe('5');
  await intake.received();
  expect((await post(body, { 'content-type': protobuf })).status).toBe(200);
});

test('merges what came in pieces before anything else sees it', async () => {
  const half = (key: string): Uint8Array =>
    writeTraces({ resourceSpans: [{ resource: { attributes: [{ key, value: {} }] }, scopeSpans: [] }] }).subarray(2);
  const rest = writeTraces(tracesOf(span)).subarray(2);
  const inside = Buffer.concat([half('a'), half('b'), rest]);
  expect(
    (await post(Buffer.concat([Buffer.from([0x0a, inside.length]), inside]), { 'content-type': protobuf })).status,
  ).toBe(200);
  expect((await intake.received())[0]?.resourceSpans[0]?.resource?.attributes.map(({ key }) => key)).toEqual([
    'a',
    'b',
  ]);
});

test('says what is not there: other methods, other signals, other paths', async () => {
  const get = await fetch(url);
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  const logs = await post('{}', { 'content-type': json }, url.replace('traces', 'logs'));
  expect([logs.status, await logs.json()]).toEqual([
    404,
    { code: 12, message: 'Sightline takes traces only, no logs: set OTEL_LOGS_EXPORTER=none.' },
  ]);
  expect((await post('{}', { 'content-type': json }, url.replace('/v1/traces', '/'))).status).toBe(404);
});

test('a page on another origin gets nothing: no CORS, and no name that was rebound to this machine', async () => {
  const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'http://evil.example' } });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  const status = await new Promise((resolve, reject) => {
    const request = httpRequest(url, { method: 'POST', headers: { host: 'evil.example', 'content-type': json } });
    request.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    request.end('{}');
  });
  expect(status).toBe(421);
});
