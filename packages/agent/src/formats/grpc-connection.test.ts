import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metadata, status } from '@grpc/grpc-js';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../testing/fake-backend.ts';
import { batchOf, formatSender, richBatch, sendAll } from '../../testing/format-sender.ts';
import { type GrpcAnswerer, grpcReceiver } from '../../testing/receivers.ts';
import { counters } from '../counters.ts';
import type { Sender } from '../export/sender.ts';

/** Answers the first calls as told, one after the other, and accepts the rest. */
function answering(...answers: readonly Parameters<Parameters<GrpcAnswerer>[0]>[]): GrpcAnswerer {
  let calls = 0;
  return (callback) => callback(...(answers[calls++] ?? [null, Buffer.alloc(0)]));
}

function failure(code: status, details: string, metadata = new Metadata()) {
  return [{ name: 'failure', message: details, code, details, metadata }] as const;
}

test('calls carry the headers as metadata and the spans as they are, over one session', async () => {
  await using receiver = await grpcReceiver();
  const env = { ...receiver.env, OTEL_EXPORTER_OTLP_HEADERS: 'X-Tenant=shop,authorization=Bearer%20abc' };
  await sendAll(formatSender(env), batchOf('a', 'b'), batchOf('c'), richBatch());
  expect(receiver.names).toEqual(['POST /orders', 'a', 'b', 'c']);
  expect(receiver.spans.at(-1)?.attributes).toMatchObject({ text: 'grün', large: 9_007_199_254_740_991n });
  expect(receiver.calls.map((call) => call.metadata.getMap())).toEqual(
    Array(3).fill(expect.objectContaining({ 'x-tenant': 'shop', authorization: 'Bearer abc' })),
  );
  expect(new Set(receiver.calls.map((call) => call.getPeer())).size).toBe(1);
});

test('compressed where that is asked for', async () => {
  await using receiver = await grpcReceiver();
  const before = counters.bytes;
  const names = Array.from({ length: 200 }, () => 'the same name again and again');
  const batch = batchOf(...names);
  await sendAll(formatSender({ ...receiver.env, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }), batch);
  expect(receiver.names).toEqual(names);
  expect(counters.bytes - before).toBeLessThan(batch.sizeBytes / 2);
});

test('spans that a partial success rejects are counted', async () => {
  await using receiver = await grpcReceiver(answering([null, Buffer.from([0x0a, 0x02, 0x08, 0x02])]));
  const sender = formatSender(receiver.env);
  await sendAll(sender, batchOf('a', 'b', 'c'));
  expect(sender.queue.droppedSpans).toBe(2);
});

test.each([
  ['unavailable', failure(status.UNAVAILABLE, 'not now')],
  ['out of resources for a moment', failure(status.RESOURCE_EXHAUSTED, 'full', retryMetadata())],
])('a backend that is %s is asked again, and nothing is lost', async (_, answer) => {
  await using receiver = await grpcReceiver(answering(answer as never));
  const sender = formatSender(receiver.env);
  await sendAll(sender, batchOf('a'));
  expect(receiver.names).toEqual(['a']);
  expect(receiver.calls).toHaveLength(2);
  expect(sender.queue.droppedSpans).toBe(0);
});

/** google.rpc.Status → google.rpc.RetryInfo → a tenth of a second. */
function retryMetadata(): Metadata {
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  const info = [0x0a, 0x05, 0x10, 0x80, 0xc2, 0xd7, 0x2f];
  const any = [0x0a, type.length, ...type, 0x12, info.length, ...info];
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from([0x1a, any.length, ...any]));
  return metadata;
}

test.each([
  ['does not understand', failure(status.INVALID_ARGUMENT, 'what is that?'), /gRPC status 3: what is that\?/],
  ['is out of resources for good', failure(status.RESOURCE_EXHAUSTED, 'quota'), /gRPC status 8: quota/],
])('what a backend that %s refuses is dropped and counted', async (_, answer, problem) => {
  await using receiver = await grpcReceiver(answering(answer as never));
  const sender = formatSender(receiver.env);
  await sendAll(sender, batchOf('a', 'b'), batchOf('c'));
  expect(receiver.names).toEqual(['c']);
  expect(sender.queue.droppedSpans).toBe(2);
  expect(counters.lastProblem).toMatch(problem);
});

test('a backend that goes away and comes back at the same place gets everything', async () => {
  const first = await grpcReceiver();
  const sender = formatSender(first.env);
  await deliver(sender, 'a');
  await first[Symbol.asyncDispose]();
  const port = Number(new URL(first.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? '').port);
  sender.push(batchOf('b'));
  await until(
    () => sender.isPaused,
    () => 'a pause',
  );
  await using second = await grpcReceiver(undefined, { port });
  await deliver(sender, 'c');
  sender.detach()?.destroy();
  expect([first.names, second.names]).toEqual([['a'], ['b', 'c']]);
});

async function deliver(sender: Sender, name: string): Promise<void> {
  sender.push(batchOf(name));
  await until(
    () => sender.isIdle,
    () => 'an answer',
  );
}

test('a server of HTTP/1.1 is left alone for a moment, and the spans are kept', async () => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const sender = formatSender({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
  sender.push(batchOf('a'));
  await until(
    () => sender.isPaused,
    () => 'a pause',
  );
  expect(sender.queue.spanCount).toBe(1);
});

test('a header that HTTP/2 does not allow is a problem, not an exception', async () => {
  await using receiver = await grpcReceiver();
  const sender = formatSender({ ...receiver.env, OTEL_EXPORTER_OTLP_HEADERS: 'connection=close' });
  sender.push(batchOf('a'));
  await until(
    () => sender.isPaused,
    () => 'a pause',
  );
  expect(counters.lastProblem).toContain('connection');
});
