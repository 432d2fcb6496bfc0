import { expect, test } from 'vitest';
import { callUnary, grpcClient } from '../grpc/grpc-client.fixture.ts';
import { type Batch, jaegerFormats } from '../translate/jaeger-batch.fixture.ts';
import { registerJaegerGrpc } from './jaeger-grpc.ts';
import { startGrpcReceiver } from './receiver.fixture.ts';

const path = '/jaeger.api_v2.CollectorService/PostSpans';
const span = { traceIdLow: 1n, spanId: 2n, operationName: 'work', startTime: 1n, duration: 1n };

/** As protobufjs writes it. */
function request(batch: Batch): Uint8Array {
  return jaegerFormats.find(({ name }) => name === 'protobuf')?.write(batch) ?? new Uint8Array(0);
}

test('takes a batch, and answers once it is on disk', async () => {
  const { url, received, metrics } = await startGrpcReceiver(registerJaegerGrpc);
  const batch = { process: { serviceName: 'shop', tags: {} }, spans: [span, { ...span, spanId: 0n }] };
  expect(await callUnary(grpcClient(url), path, request(batch))).toEqual({ message: Buffer.alloc(0) });
  const [traces] = await received();
  expect(traces?.resourceSpans).toMatchObject([
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{ spans: [{ traceId: '1'.padStart(32, '0'), spanId: '2'.padStart(16, '0'), name: 'work' }, {}] }],
    },
  ]);
  expect(metrics.snapshot().rejectedSpans.get('invalid-span')).toBe(1);
});

test('refuses a batch of which nothing could be kept', async () => {
  const { url, received } = await startGrpcReceiver(registerJaegerGrpc);
  const { error } = await callUnary(grpcClient(url), path, request({ spans: [{ ...span, traceIdLow: 0n }] }));
  expect(error).toMatchObject({ code: 3, details: expect.stringContaining('1 span was refused; the first:') });
  expect((await callUnary(grpcClient(url), path, Buffer.from([0x0a, 0x05]))).error).toMatchObject({
    code: 3,
    details: expect.stringContaining('batch'),
  });
  expect(await received()).toEqual([]);
});
