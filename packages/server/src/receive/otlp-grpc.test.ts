import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { credentials } from '@grpc/grpc-js';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import {
  exportTraceResponse,
  readProtobuf,
  readTraces,
  rpcStatus,
  type TracesData,
  writeTraces,
} from '@sightline/wire';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { callRaw, callUnary, frame, grpcClient } from '../grpc/grpc-client.fixture.ts';
import { maxBodyBytes } from './intake.ts';
import { registerOtlpGrpc } from './otlp-grpc.ts';
import { startGrpcReceiver } from './receiver.fixture.ts';

const exportPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const fixture = (name: string): Buffer => readFileSync(new URL(`../../../wire/src/fixtures/${name}`, import.meta.url));

const span = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'work',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};
const tracesOf = (...spans: (typeof span)[]): TracesData => ({ resourceSpans: [{ scopeSpans: [{ spans }] }] });

test.each(['none', 'gzip'])("takes the official exporter's spans, compression %s", async (compression) => {
  const { url, received, metrics } = await startGrpcReceiver(registerOtlpGrpc);
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', compression);
  onTestFinished(() => void vi.unstubAllEnvs());
  const exporter = new OTLPTraceExporter({ url, credentials: credentials.createInsecure() });
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  provider
    .getTracer('test')
    .startSpan('from the exporter', { attributes: { answer: 42, list: ['a', 'b'] } })
    .end();
  await provider.forceFlush();
  await provider.shutdown();
  const [traces] = await received();
  expect(traces?.resourceSpans[0]?.scopeSpans[0]?.spans).toMatchObject([
    {
      name: 'from the exporter',
      attributes: [
        { key: 'answer', value: { intValue: '42' } },
        { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
      ],
    },
  ]);
  expect(metrics.snapshot().receivedSpans).toBe(1);
});

test.each([
  ['Go', 'otel-go-grpc.bin', 'go-shop'],
  ['Python', 'otel-python-grpc.bin', 'python-shop'],
])("takes the connection of %s's exporter", async (_language, name, serviceName) => {
  const { url, received, metrics } = await startGrpcReceiver(registerOtlpGrpc);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
  await vi.waitFor(() => expect(metrics.snapshot().receivedSpans).toBe(2), 20_000);
  const [traces] = await received();
  expect(traces?.resourceSpans).toMatchObject([
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: serviceName } }] },
      scopeSpans: [
        {
          scope: { name: 'fixture' },
          spans: [
            {
              name: 'child',
              attributes: [
                { key: 'count', value: { intValue: '1' } },
                { key: 'ratio', value: { doubleValue: 1.5 } },
                { key: 'yes', value: { boolValue: true } },
                { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
              ],
              events: [{ name: 'event', attributes: [{ key: 'key', value: { stringValue: 'value' } }] }],
              links: [{ spanId: expect.stringMatching(/^[0-9a-f]{16}$/) }],
              status: { code: 2, message: 'failed' },
            },
            { name: 'parent', kind: 2 },
          ],
        },
      ],
    },
  ]);
});

test('keeps every field, byte for byte', async () => {
  const { url, received } = await startGrpcReceiver(registerOtlpGrpc);
  const body = fixture('otel-js-proto.bin');
  expect(await callUnary(grpcClient(url), exportPath, body)).toEqual({ message: Buffer.alloc(0) });
  expect(await received()).toEqual([readTraces(body)]);
});

test('refuses single spans by partial success, and keeps the others', async () => {
  const { url, received } = await startGrpcReceiver(registerOtlpGrpc);
  const traces = tracesOf(span, { ...span, traceId: '00'.repeat(16) });
  const { message } = await callUnary(grpcClient(url), exportPath, writeTraces(traces));
  expect(readProtobuf(message ?? Buffer.alloc(0), exportTraceResponse)).toEqual({
    partialSuccess: {
      rejectedSpans: '1',
      errorMessage: '1 span was refused; the first: resourceSpans[0].scopeSpans[0].spans[1]: traceId is all zeros',
    },
  });
  expect((await received()).length).toBe(1);
});

test('says where bytes are wrong', async () => {
  const { url, received, metrics } = await startGrpcReceiver(registerOtlpGrpc);
  const cut = writeTraces(tracesOf(span)).subarray(0, -1);
  expect((await callUnary(grpcClient(url), exportPath, cut)).error).toMatchObject({
    code: 3,
    details: `resourceSpans[0]: a length of ${cut.length - 1} bytes, where ${cut.length - 2} are left (at byte 1)`,
  });
  expect(metrics.snapshot().rejectedRequests.get('undecodable')).toBe(1);
  expect(await received()).toEqual([]);
});

test('takes or refuses whatever a broken client makes of a request, and lives on', async () => {
  const { url } = await startGrpcReceiver(registerOtlpGrpc);
  const client = grpcClient(url);
  const body = fixture('otel-js-proto.bin');
  await fc.assert(
    fc.asyncProperty(
      fc.nat(body.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.nat(body.length),
      async (at, bits, end) => {
        const broken = Buffer.from(body);
        broken.writeUInt8(broken.readUInt8(at) ^ bits, at);
        const { error } = await callUnary(client, exportPath, broken.subarray(0, end));
        expect([undefined, 3]).toContain(error?.code);
      },
    ),
    { numRuns: 200 },
  );
});

test('refuses more than 16 MiB, also where they come out of a small message', async () => {
  const { url, metrics } = await startGrpcReceiver(registerOtlpGrpc);
  const details = 'The message is larger than 16777216 bytes. Send fewer spans at once.';
  const large = await callUnary(grpcClient(url), exportPath, Buffer.alloc(maxBodyBytes + 1));
  expect(large.error).toMatchObject({ code: 8, details });
  const bomb = frame(gzipSync(Buffer.alloc(20 * 1024 * 1024)), true);
  const bombs = Array.from({ length: 20 }, () => callRaw(url, exportPath, [bomb], { 'grpc-encoding': 'gzip' }));
  for (const { headers } of await Promise.all(bombs)) expect(headers['grpc-status']).toBe('8');
  expect(process.memoryUsage.rss()).toBeLessThan(1.5e9);
  expect(metrics.snapshot().rejectedRequests.get('too-large')).toBe(21);
});

test('is unavailable while the spool is full, says when to come back, and takes spans again later', async () => {
  const { url, received, metrics } = await startGrpcReceiver(registerOtlpGrpc, { maxSpoolBytes: 100_000 });
  const client = grpcClient(url);
  const body = writeTraces(tracesOf({ ...span, name: 'n'.repeat(60_000) }));
  expect(await callUnary(client, exportPath, body)).toMatchObject({ message: Buffer.alloc(0) });
  const { error } = await callUnary(client, exportPath, body);
  expect(error).toMatchObject({ code: 14, details: expect.stringContaining('Try again later') });
  const details = readProtobuf(error?.metadata.get('grpc-status-details-bin')[0] as Buffer, rpcStatus);
  expect(details).toMatchObject({ code: 14, details: [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo' }] });
  expect(metrics.snapshot().rejectedRequests.get('spool-full')).toBe(1);
  await received();
  expect((await callUnary(client, exportPath, body)).error).toBeUndefined();
});

test.each([
  ['metrics.v1.MetricsService', 'Sightline takes traces only, no metrics: set OTEL_METRICS_EXPORTER=none.'],
  ['logs.v1.LogsService', 'Sightline takes traces only, no logs: set OTEL_LOGS_EXPORTER=none.'],
])('has no %s, and says what to set', async (service, details) => {
  const { url } = await startGrpcReceiver(registerOtlpGrpc);
  const { error } = await callUnary(
    grpcClient(url),
    `/opentelemetry.proto.collector.${service}/Export`,
    Buffer.alloc(0),
  );
  expect(error).toMatchObject({ code: 12, details });
});
