import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReceiveSnapshot } from '../metrics.ts';
import { sendByExporter, sendByJaegerClient } from '../translate/fixtures/jaeger-clients.mjs';
import { type BatchSpan, emitBatch } from '../translate/jaeger-batch.fixture.ts';
import { TestIntake } from './intake.fixture.ts';
import { listenJaegerUdp, type UdpReceiver } from './jaeger-udp.ts';

const host = '127.0.0.1';
let intake: TestIntake;
let receiver: UdpReceiver;

async function start(maxSpoolBytes?: number): Promise<void> {
  intake = await TestIntake.open(maxSpoolBytes);
  receiver = await listenJaegerUdp({ host, port: 0, flag: '--jaeger-compact-port' }, intake);
}

beforeEach(() => start());

afterEach(async () => {
  await receiver.close();
  await intake.close();
});

const span: BatchSpan = { traceIdLow: 1n, spanId: 2n, operationName: 'work', startTime: 5n };

async function send(...datagrams: Uint8Array[]): Promise<void> {
  const client = createSocket('udp4');
  for (const datagram of datagrams) {
    await new Promise((resolve) => client.send(datagram, receiver.port, host, resolve));
  }
  await new Promise<void>((resolve) => client.close(resolve));
}

async function counted(count: (snapshot: ReceiveSnapshot) => number | undefined, expected: number): Promise<void> {
  const counts = (): number | undefined => count(intake.metrics.snapshot());
  for (let tries = 0; tries < 500 && counts() !== expected; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(counts()).toBe(expected);
}

test('takes what the Node client of Jaeger sends', async () => {
  const { traceId, rootId, childId } = await sendByJaegerClient({ agentHost: host, agentPort: receiver.port });
  expect(await intake.spans(2)).toMatchObject([
    { traceId, spanId: childId, parentSpanId: rootId, name: 'lock' },
    { traceId, spanId: rootId, name: 'reserve' },
  ]);
});

test('takes what OpenTelemetry sends by its Jaeger exporter', async () => {
  const { traceId, rootId, childId } = await sendByExporter({ host, port: receiver.port });
  expect(await intake.spans(2)).toMatchObject([
    { traceId, spanId: childId, parentSpanId: rootId, name: 'SELECT cart' },
    { traceId, spanId: rootId, name: 'GET /cart/:id' },
  ]);
});

test.each(['jaeger-python-compact', 'otel-python-compact'])('takes what Python sends, compact: %s', async (name) => {
  await send(readFileSync(new URL(`../translate/fixtures/${name}.bin`, import.meta.url)));
  expect(await intake.spans(2)).toHaveLength(2);
});

test('takes both protocols on either port, up to the largest datagram that there can be', async () => {
  const operationName = 'n'.repeat(65_000);
  await send(
    emitBatch('compact', { spans: [span] }),
    emitBatch('binary', { spans: [{ ...span, spanId: 3n, operationName }] }),
  );
  expect((await intake.spans(2)).map(({ name }) => name.length).sort()).toEqual([4, 65_000]);
});

test('drops what is no batch, counts it, and goes on', async () => {
  const good = emitBatch('compact', { spans: [span] });
  await send(
    good.subarray(0, -3),
    Buffer.alloc(0),
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.alloc(60_000, 0xff),
    good,
  );
  await counted(({ rejectedRequests }) => rejectedRequests.get('undecodable'), 4);
  expect(await intake.spans(1)).toHaveLength(1);
});

test('drops spans that belong to no trace, and keeps the others of the batch', async () => {
  await send(emitBatch('binary', { spans: [{ ...span, spanId: 0n }, span] }));
  await counted(({ rejectedSpans }) => rejectedSpans.get('invalid-span'), 1);
  expect(intake.metrics.snapshot().receivedSpans).toBe(1);
});

test('counts the spans that a full spool had no room for', async () => {
  await receiver.close();
  await intake.close();
  await start(1000);
  const spans = [
    { ...span, operationName: 'n'.repeat(2000) },
    { ...span, spanId: 3n },
  ];
  await send(emitBatch('compact', { spans }));
  await counted(({ rejectedSpans }) => rejectedSpans.get('spool-full'), 2);
  await send(emitBatch('compact', { spans: [span] }));
  expect(await intake.spans(1)).toHaveLength(1);
});

test('holds no more than 16 MiB of what waits for the disk', async () => {
  let finish = (): void => undefined;
  const stuck = new Promise<void>((resolve) => {
    finish = resolve;
  });
  let waitingBytes = 0;
  const append = (payload: Uint8Array): Promise<void> => {
    waitingBytes += payload.length;
    return stuck;
  };
  const slow = await listenJaegerUdp(
    { host, port: 0, flag: '--jaeger-binary-port' },
    { ...depsOf(intake), spool: { append } },
  );
  const datagram = emitBatch('compact', { spans: [{ ...span, operationName: 'n'.repeat(60_000) }] });
  const client = createSocket('udp4');
  const { rejectedSpans, rejectedRequests } = intake.metrics.snapshot();
  while (!rejectedSpans.has('too-many') && !rejectedRequests.has('too-many')) {
    await new Promise((resolve) => client.send(datagram, slow.port, host, resolve));
    // A datagram that went out at once is reported before anything is read.
    await new Promise(setImmediate);
  }
  client.close();
  expect(waitingBytes).toBeLessThanOrEqual(16 * 1024 * 1024);
  expect(waitingBytes).toBeGreaterThan(15 * 1024 * 1024);
  const closed = slow.close();
  finish();
  await closed;
  expect(intake.metrics.snapshot().receivedSpans).toSatisfy((spans: number) => spans >= 250 && spans < 300);
});

test('what was received before closing is on disk after it', async () => {
  await send(
    ...Array.from({ length: 20 }, (_, i) => emitBatch('compact', { spans: [{ ...span, spanId: BigInt(i + 1) }] })),
  );
  await counted(({ receivedSpans }) => receivedSpans, 20);
  await receiver.close();
  expect(await intake.spans(20)).toHaveLength(20);
  receiver = await listenJaegerUdp({ host, port: 0, flag: '--jaeger-compact-port' }, intake);
});

test('a port in use is an error that names the flag', async () => {
  const { port } = receiver;
  await expect(listenJaegerUdp({ host, port, flag: '--jaeger-binary-port' }, intake)).rejects.toMatchObject({
    name: 'ServerError',
    code: 'port-in-use',
    message: `Port ${port} on 127.0.0.1 is in use by another program. Choose another with --jaeger-binary-port; 0 finds a free one.`,
  });
});

function depsOf({ metrics, log }: TestIntake): Pick<TestIntake, 'metrics' | 'log'> {
  return { metrics, log };
}
