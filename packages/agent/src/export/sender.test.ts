import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { FakeBackend, until } from '../../testing/fake-backend.ts';
import { collectSpans } from '../tracer/collect-spans.ts';
import type { Span } from '../tracer/span.ts';
import { Tracer } from '../tracer/tracer.ts';
import type { Batch } from './batch.ts';
import { createProtocol } from './protocol.ts';
import { Sender } from './sender.ts';
import { SpanBuffer } from './span-buffer.ts';
import { createTarget } from './target.ts';

function senderTo(url: string, { maxBytes = 1_000_000, timeoutMs = 10_000 } = {}): Sender {
  const endpoint = {
    format: 'http/protobuf' as const,
    url: new URL(url),
    headers: new Map<string, string>(),
    timeoutMs,
    gzip: false,
    certificateFile: undefined,
    clientKeyFile: undefined,
    clientCertificateFile: undefined,
  };
  return new Sender({
    protocol: createProtocol({ ...endpoint, target: createTarget(endpoint, 'test'), folder: '' }),
    destination: endpoint.url.host,
    gzip: false,
    timeoutMs,
    queue: { maxBytes, maxSpans: Number.POSITIVE_INFINITY },
    request: { maxBytes: 100_000, maxSpans: 1_000 },
    onFree: () => {},
    runOutside: (fn) => fn(),
  });
}

function batchOf(...names: string[]): Batch {
  const spans: Span[] = collectSpans();
  for (const name of names) new Tracer({ name: 'test', version: '' }).startSpan(name, 1).end();
  const buffer = new SpanBuffer(() => []);
  for (const span of spans) buffer.add(span);
  return buffer.take() as Batch;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that does what no HTTP server should. */
async function rawServer(onConnection: (socket: Socket, count: number) => void): Promise<string> {
  let count = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket, ++count);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

test('batches go over one connection, one request at a time', async () => {
  await using backend = await FakeBackend.start();
  const ports = new Set<number | undefined>();
  const sender = senderTo(backend.url);
  for (const name of ['a', 'b', 'c']) {
    sender.push(batchOf(name));
    await until(
      () => sender.isIdle,
      () => 'an answer',
    );
    ports.add(backend.requests.at(-1)?.socket.remotePort);
  }
  expect(backend.names).toEqual(['a', 'b', 'c']);
  expect(ports.size).toBe(1);
  sender.detach()?.destroy();
});

test('an idle connection that the backend closes is replaced, and nothing is lost or doubled', async () => {
  await using backend = await FakeBackend.start((response) => response.setHeader('connection', 'close').end());
  const sender = senderTo(backend.url);
  for (const name of ['a', 'b']) {
    sender.push(batchOf(name));
    await until(
      () => sender.isIdle,
      () => 'an answer',
    );
  }
  expect(backend.names).toEqual(['a', 'b']);
});

test('a connection that breaks under its second request is replaced at once', async () => {
  const url = await rawServer((socket, count) => {
    let requests = 0;
    socket.on('data', () => {
      requests++;
      if (count === 1 && requests === 2) socket.destroy();
      else socket.write(empty);
    });
  });
  const sender = senderTo(url);
  for (const name of ['a', 'b']) {
    sender.push(batchOf(name));
    await until(
      () => sender.isIdle,
      () => 'an answer',
    );
  }
  expect(sender.isPaused).toBe(false);
  expect(sender.queue.droppedSpans).toBe(0);
  sender.detach()?.destroy();
});

test.each([
  ['closes', (socket: Socket) => socket.destroy()],
  ['talks nonsense', (socket: Socket) => socket.write('SSH-2.0-x\r\n\r\n')],
  ['says nothing', () => {}],
  ['stops in the middle', (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx')],
])('a backend that %s is left alone for a moment, then asked again', async (_, misbehave) => {
  let connections = 0;
  const url = await rawServer((socket, count) => {
    connections = count;
    socket.on('data', () => (count === 1 ? misbehave(socket) : socket.write(empty)));
  });
  const sender = senderTo(url, { timeoutMs: 500 });
  sender.push(batchOf('a'));
  await until(
    () => sender.isPaused,
    () => 'a pause',
  );
  await until(
    () => sender.isIdle,
    () => 'an answer',
  );
  expect(connections).toBeGreaterThan(1);
  expect(sender.queue.droppedSpans).toBe(0);
  sender.detach()?.destroy();
});

test('what the backend refuses for good is dropped and counted, and the rest goes on', async () => {
  let first = true;
  await using backend = await FakeBackend.start((response) => {
    if (first) response.statusCode = 400;
    first = false;
    response.end();
  });
  const sender = senderTo(backend.url);
  sender.push(batchOf('bad', 'too'));
  await until(
    () => sender.isIdle,
    () => 'an answer',
  );
  sender.push(batchOf('good'));
  await until(
    () => sender.isIdle,
    () => 'an answer',
  );
  expect(sender.queue.droppedSpans).toBe(2);
  expect(backend.names).toEqual(['good']);
  sender.detach()?.destroy();
});

test('spans that a partial success rejects are counted', async () => {
  await using backend = await FakeBackend.start((response) => {
    response.setHeader('content-type', 'application/x-protobuf').end(Buffer.from([0x0a, 0x02, 0x08, 0x05]));
  });
  const sender = senderTo(backend.url);
  sender.push(batchOf('a', 'b', 'c', 'd', 'e', 'f'));
  await until(
    () => sender.isIdle,
    () => 'an answer',
  );
  expect(sender.queue.droppedSpans).toBe(5);
  sender.detach()?.destroy();
});

test('while nobody answers, memory stays bounded and the newest are kept', () => {
  const sender = senderTo('http://127.0.0.1:9', { maxBytes: 1_000 });
  for (let i = 0; i < 100; i++) sender.push(batchOf(`span ${i}`));
  expect(sender.queue.droppedSpans).toBeGreaterThan(80);
  sender.detach()?.destroy();
});
