import { EventEmitter, on, once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { Metadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { callRaw, callUnary, frame, grpcClient } from './grpc-client.fixture.ts';
import { createGrpcServer, type GrpcServer, type GrpcServerOptions, listenGrpc } from './grpc-server.ts';
import { GrpcError, grpcCode } from './status.ts';

const echo = '/test.Echo/Unary';
const maxMessageBytes = 1024 * 1024;

async function start(options: Partial<GrpcServerOptions> = {}) {
  const refused: string[] = [];
  const faults: object[] = [];
  const server = createGrpcServer({
    host: '127.0.0.1',
    maxMessageBytes,
    log: { error: (details: object) => void faults.push(details) },
    onRefused: (reason) => refused.push(reason),
    ...options,
  });
  const gate = new EventEmitter();
  addEcho(server, gate);
  const url = await listenGrpc(server, '127.0.0.1', 0, '--grpc-port');
  onTestFinished(() => server.close());
  return { server, url, refused, faults, gate };
}

function addEcho(server: GrpcServer, gate: EventEmitter): void {
  server.add({
    name: 'test.Echo',
    methods: {
      Unary: { kind: 'unary', handle: async (request) => request },
      Held: {
        kind: 'unary',
        handle: async (request) => {
          gate.emit('held');
          await once(gate, 'release');
          return request;
        },
      },
      Fault: {
        kind: 'unary',
        handle: () => {
          throw new Error('a secret of the server');
        },
      },
      Refusal: {
        kind: 'unary',
        handle: () => {
          throw new GrpcError(grpcCode.unavailable, '100 % full – später', { retryDelaySeconds: 7 });
        },
      },
      Stream: {
        kind: 'bidi-stream',
        async *handle(requests, signal) {
          for await (const request of requests) yield request;
          if (!signal.aborted) await once(signal, 'abort');
        },
      },
    },
  });
}

const statusOf = async (url: string, chunks: Uint8Array[], headers = {}, path = echo) => {
  const answer = await callRaw(url, path, chunks, headers);
  return [Number(answer.headers['grpc-status']), decodeURIComponent(String(answer.headers['grpc-message']))];
};

test('answers the official client, with messages of any size up to the limit', async () => {
  const { url } = await start();
  const client = grpcClient(url);
  for (const size of [0, 1, 16_384, 65_535, 65_536, maxMessageBytes]) {
    const request = Buffer.alloc(size, size);
    expect((await callUnary(client, echo, request)).message?.equals(request), `${size} bytes`).toBe(true);
  }
});

test('takes and gives gzip where the client does', async () => {
  const { url } = await start();
  const request = Buffer.alloc(5000, 'a');
  const client = grpcClient(url, { 'grpc.default_compression_algorithm': 2 });
  expect((await callUnary(client, echo, request)).message?.equals(request)).toBe(true);

  const raw = await callRaw(url, echo, [frame(gzipSync(request), true)], { 'grpc-encoding': 'gzip' });
  expect(raw.headers).toMatchObject({ 'grpc-encoding': 'gzip', 'grpc-status': '0' });
  expect([raw.body[0], gunzipSync(raw.body.subarray(5)).equals(request)]).toEqual([1, true]);
  expect(await statusOf(url, [frame(deflateSync(request), true)], { 'grpc-encoding': 'deflate' })).toEqual([
    0,
    'undefined',
  ]);
});

test('a message may come in frames of any size', async () => {
  const { url } = await start();
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      async (message, sizes) => {
        const whole = frame(message);
        const chunks: Buffer[] = [];
        for (let at = 0; at < whole.length; at += chunks.at(-1)?.length ?? 0) {
          chunks.push(whole.subarray(at, at + (sizes.next().value ?? 1)));
        }
        expect((await callRaw(url, echo, chunks)).body.equals(whole)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test.each<[string, Uint8Array[], Record<string, string>, number, string]>([
  ['nothing', [], {}, 12, 'The method takes one message; none came.'],
  [
    'two messages',
    [frame(Buffer.alloc(1)), frame(Buffer.alloc(1))],
    {},
    12,
    'The method takes one message; more than one came.',
  ],
  ['half a header', [Buffer.alloc(3)], {}, 13, 'The request ends inside a message.'],
  ['half a message', [frame(Buffer.alloc(9)).subarray(0, 10)], {}, 13, 'The request ends inside a message.'],
  ['a wrong flag', [Buffer.from([7, 0, 0, 0, 0])], {}, 13, 'A message begins with the byte 7, where 0 or 1 belongs.'],
  [
    'a length over the limit',
    [Buffer.from([0, 255, 255, 255, 255])],
    {},
    8,
    'The message is larger than 1048576 bytes. Send fewer spans at once.',
  ],
  [
    'compression without an encoding',
    [frame(gzipSync('a'), true)],
    {},
    13,
    'A message is marked as compressed, but there is no grpc-encoding that says how.',
  ],
  [
    'an unknown encoding',
    [frame(Buffer.alloc(1), true)],
    { 'grpc-encoding': 'snappy' },
    12,
    'The encoding "snappy" is not known here: send gzip, deflate or identity.',
  ],
  [
    'what is not gzip',
    [frame(Buffer.from('nonsense'), true)],
    { 'grpc-encoding': 'gzip' },
    13,
    'A message is not gzip: incorrect header check.',
  ],
  [
    'half of gzip',
    [frame(gzipSync(Buffer.alloc(100)).subarray(0, 15), true)],
    { 'grpc-encoding': 'gzip' },
    13,
    'A message is not gzip: unexpected end of file.',
  ],
  [
    'a gzip bomb',
    [frame(gzipSync(Buffer.alloc(100 * maxMessageBytes)), true)],
    { 'grpc-encoding': 'gzip' },
    8,
    'The message is larger than 1048576 bytes. Send fewer spans at once.',
  ],
])('refuses %s', async (_what, chunks, headers, code, message) => {
  const { url, refused } = await start();
  expect(await statusOf(url, chunks, headers)).toEqual([code, message]);
  expect(refused).toHaveLength(1);
});

test('is there after any bytes', async () => {
  const { url, faults } = await start();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
      fc.boolean(),
      async (chunks, isGzip) => {
        const [code] = await statusOf(url, chunks, isGzip ? { 'grpc-encoding': 'gzip' } : {});
        expect(code).toSatisfy((found: number) => [0, 8, 12, 13].includes(found));
      },
    ),
    { numRuns: 60 },
  );
  expect(faults).toEqual([]);
});

test('refuses what is too large at once, without waiting for it', async () => {
  const { url } = await start();
  const session = connectHttp2(url);
  onTestFinished(() => session.destroy());
  for (let i = 0; i < 20; i++) {
    const stream = session.request({ ':method': 'POST', ':path': echo, 'content-type': 'application/grpc' });
    stream.write(Buffer.concat([Buffer.from([0, 255, 255, 255, 255]), Buffer.alloc(200_000)]));
    const [headers] = await once(stream, 'response');
    expect(headers['grpc-status']).toBe('8');
    await once(stream.resume(), 'close');
  }
});

test('holds no more than it may, and takes more once there is room', async () => {
  const { url, refused, gate } = await start({ maxHeldBytes: 1.5 * maxMessageBytes });
  const client = grpcClient(url);
  const request = Buffer.alloc(0.9 * maxMessageBytes);
  const held = once(gate, 'held');
  const first = callUnary(client, '/test.Echo/Held', request);
  await held;
  const { error } = await callUnary(client, echo, request);
  expect(error).toMatchObject({
    code: 14,
    details: 'Too many requests are being received at once. Try again later.',
  });
  expect(refused).toEqual(['too-many']);
  gate.emit('release');
  expect((await first).message).toHaveLength(request.length);
  expect((await callUnary(client, echo, request)).message).toHaveLength(request.length);
});

test('an upload that is broken off makes room', async () => {
  const { url, refused } = await start({ maxHeldBytes: 1.5 * maxMessageBytes });
  for (let i = 0; i < 5; i++) {
    const session = connectHttp2(url);
    const stream = session.request({ ':method': 'POST', ':path': echo, 'content-type': 'application/grpc' });
    stream.on('error', () => undefined);
    stream.write(frame(Buffer.alloc(maxMessageBytes)).subarray(0, 700_000));
    await new Promise((resolve) => setTimeout(resolve, 20));
    session.destroy();
    await expect.poll(() => refused.length).toBe(i + 1);
  }
  expect(new Set(refused)).toEqual(new Set(['aborted']));
});

test('gives a client only so long for its request', async () => {
  const { url } = await start({ requestTimeoutMs: 50 });
  const session = connectHttp2(url);
  onTestFinished(() => session.destroy());
  const stream = session.request({ ':method': 'POST', ':path': echo, 'content-type': 'application/grpc' });
  stream.write(Buffer.alloc(3));
  const [headers] = await once(stream, 'response');
  expect(headers['grpc-status']).toBe('4');
});

test("says a method's refusal, with the time to come back at", async () => {
  const { url } = await start();
  const { error } = await callUnary(grpcClient(url), '/test.Echo/Refusal', Buffer.alloc(0));
  expect(error).toMatchObject({ code: 14, details: '100 % full – später' });
  expect(error?.metadata.get('grpc-status-details-bin').map(String).join()).toContain('google.rpc.RetryInfo');
});

test('a fault of the server tells the client nothing of it', async () => {
  const { url, faults } = await start();
  const { error } = await callUnary(grpcClient(url), '/test.Echo/Fault', Buffer.alloc(0));
  expect([error?.code, error?.details]).toEqual([13, expect.not.stringContaining('secret')]);
  expect(faults).toEqual([{ err: new Error('a secret of the server') }]);
});

test('says what is not there', async () => {
  const { url } = await start();
  const client = grpcClient(url);
  for (const path of ['/test.Echo/Nothing', '/test.Nothing/Unary', '/test.Echo/toString', '/', '/a/b/c']) {
    expect((await callUnary(client, path, Buffer.alloc(0))).error?.code, path).toBe(12);
  }
  expect((await callRaw(url, echo, [], { 'content-type': 'application/json' })).headers[':status']).toBe(415);
});

test('asks for the token, and for a name of ours, but not of health probes', async () => {
  const { url, server } = await start({ authToken: 'secret' });
  server.add({ name: 'test.Open', isOpen: true, methods: { Unary: { kind: 'unary', handle: (request) => request } } });
  const client = grpcClient(url);
  const codeWith = async (headers: Record<string, string>, path = echo) =>
    (await callUnary(client, path, Buffer.alloc(0), { headers })).error?.code;
  expect(await codeWith({})).toBe(16);
  expect(await codeWith({ authorization: 'Bearer wrong' })).toBe(16);
  expect(await codeWith({ authorization: 'Bearer secret' })).toBeUndefined();
  expect(await codeWith({}, '/test.Open/Unary')).toBeUndefined();
  expect(await statusOf(url, [frame(Buffer.alloc(0))], { ':authority': 'evil.example' })).toEqual([
    7,
    expect.stringContaining('"evil.example", which is not this server'),
  ]);
});

test('a client that pings often stays connected', async () => {
  const { url } = await start();
  const client = grpcClient(url, { 'grpc.keepalive_time_ms': 20, 'grpc.keepalive_permit_without_calls': 1 });
  await callUnary(client, echo, Buffer.alloc(0));
  const channel = client.getChannel();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(channel.getConnectivityState(false)).toBe(2);
});

test('a stream is made no faster than the client takes it', async () => {
  const { server, url } = await start();
  const all = 500;
  let made = 0;
  server.add({
    name: 'test.Long',
    methods: {
      Stream: {
        kind: 'server-stream',
        async *handle() {
          for (; made < all; made++) yield Buffer.alloc(64 * 1024);
        },
      },
    },
  });
  const same = (message: Buffer): Buffer => message;
  const call = grpcClient(url).makeServerStreamRequest(
    '/test.Long/Stream',
    same,
    same,
    Buffer.alloc(0),
    new Metadata(),
  );
  const messages = on(call, 'data');
  await messages.next();
  call.pause();
  await vi.waitFor(async () => {
    const before = made;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(made).toBe(before);
  });
  expect(made).toBeLessThan(all / 4);
  call.resume();
  await once(call, 'end');
  expect(made).toBe(all);
});

test('stops although streams are open, and tells them', async () => {
  const { url, server } = await start();
  const call = grpcClient(url).makeBidiStreamRequest('/test.Echo/Stream', Buffer.from, Buffer.from, new Metadata());
  call.write(Buffer.from('a'));
  expect(await once(call, 'data')).toEqual([Buffer.from('a')]);
  const ended = once(call, 'error');
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  await once(idle, 'connect');
  onTestFinished(() => void idle.destroy());
  const startedMs = performance.now();
  await server.close();
  expect(performance.now() - startedMs).toBeLessThan(3000);
  expect(await ended).toMatchObject([{ code: 14, details: 'The server is stopping.' }]);
});

test('says which flag would change a port that is in use', async () => {
  const { url } = await start();
  const other = createGrpcServer({ host: '127.0.0.1', log: { error: () => undefined } });
  const port = Number(new URL(url).port);
  await expect(listenGrpc(other, '127.0.0.1', port, '--otlp-grpc-port')).rejects.toMatchObject({
    code: 'port-in-use',
    message: `Port ${port} on 127.0.0.1 is in use by another program. Choose another with --otlp-grpc-port; 0 finds a free one.`,
  });
});
