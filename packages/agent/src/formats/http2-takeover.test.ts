import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { ProtocolSettings } from '../export/protocol.ts';
import { guard } from '../guard.ts';
import { GrpcConnection } from './grpc-connection.ts';

/** A process of its own, since this one stands still: answers with how much came, and the tenant. */
const backend = `
  const { createServer } = require('node:http2');
  const server = createServer({ settings: JSON.parse(process.argv[2]) });
  server.on('stream', (stream, headers) => {
    let bytes = 0;
    stream.on('data', (chunk) => { bytes += chunk.length; });
    stream.on('end', () => setTimeout(() => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': headers['x-tenant'] + ' ' + headers[':path'] }));
      stream.end(String(bytes));
    }, 50));
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
`;

async function connected(settings: object = {}): Promise<GrpcConnection> {
  const directory = mkdtempSync(join(tmpdir(), 'sightline-http2-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  writeFileSync(join(directory, 'backend.cjs'), backend);
  const child = fork(join(directory, 'backend.cjs'), [JSON.stringify(settings)], { execArgv: [] });
  onTestFinished(() => void child.kill());
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(Number(message))));
  const target = { host: '127.0.0.1', port, tls: undefined, head: '', headers: new Map([['X-Tenant', 'shop']]) };
  const options: ProtocolSettings = { format: 'grpc', target, timeoutMs: 1000, gzip: false, folder: '' };
  const events = { onReady() {}, onAnswer() {}, onClose() {} };
  const connection = new GrpcConnection(options, events, guard);
  onTestFinished(() => connection.destroy());
  while (!connection.isReady || !connection.canExchangeSync) await setTimeout(5);
  return connection;
}

const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const deadline = (): number => performance.now() + 10_000;

test.each([
  ['as servers usually set them', {}],
  ['of 1,000 bytes', { initialWindowSize: 1000 }],
  ['of 1 MiB, in frames of as much', { initialWindowSize: 2 ** 20, maxFrameSize: 2 ** 20 }],
])('calls are made without an event loop, through windows %s', async (_, settings) => {
  const connection = await connected(settings);
  for (const size of [0, 1, 100_000, 1_000_000]) {
    const answer = connection.exchangeSync([Buffer.alloc(size)], deadline());
    expect([answer.status, answer.body.toString()]).toEqual([200, String(size + 5)]);
    expect(answer.headers.get('grpc-status')).toBe('0');
    expect(answer.headers.get('grpc-message')).toBe(`shop ${path}`);
  }
});

test('a call that is under way is finished, and others follow', async () => {
  const connection = await connected();
  connection.send([Buffer.alloc(10)]);
  while (!connection.hasWritten) await setImmediate();
  expect(connection.finishSync(deadline())?.body.toString()).toBe('15');
  expect(connection.exchangeSync([Buffer.alloc(20)], deadline()).body.toString()).toBe('25');
});

test('one that has not been written is not waited for', async () => {
  const connection = await connected();
  connection.send([Buffer.alloc(10)]);
  expect(connection.finishSync(deadline())).toBeUndefined();
});

test('a backend that does not answer is waited for until the deadline', async () => {
  const connection = await connected();
  expect(() => connection.exchangeSync([Buffer.alloc(1)], performance.now() + 20)).toThrow(
    expect.objectContaining({ name: 'DeadlineError' }),
  );
});
