import { once } from 'node:events';
import { createServer, type RequestOptions, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { BodyReader } from './body-reader.ts';

/** By path, how each request's body was read. */
let outcomes: Map<string, Promise<string>>;
let reader: BodyReader;
let options: RequestOptions;

beforeEach(async () => {
  outcomes = new Map();
  reader = new BodyReader({ maxBytes: 100, maxTotalBytes: 150 });
  const server = createServer((message, response) => {
    const outcome = reader.read(message).then(
      (body) => body.toString(),
      (error: Error) => error.name,
    );
    outcomes.set(message.url ?? '', outcome);
    outcome.then(() => response.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  options = { port: (server.address() as AddressInfo).port, method: 'POST', agent: false };
});

/** Sends the first part of a body; the rest is up to the test. */
async function begin(path: string, part: string, headers: Record<string, string> = {}) {
  const upload = request({ ...options, path, headers });
  upload.on('error', () => undefined);
  upload.write(part);
  while (!outcomes.has(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  return upload;
}

test('gives a body that came in parts', async () => {
  const upload = await begin('/', 'one ');
  upload.end('two');
  expect(await outcomes.get('/')).toBe('one two');
});

test('refuses what is larger than it may be, announced or not', async () => {
  await begin('/announced', 'x', { 'content-length': '101' });
  expect(await outcomes.get('/announced')).toBe('BodyTooLarge');
  await begin('/chunked', 'x'.repeat(101));
  expect(await outcomes.get('/chunked')).toBe('BodyTooLarge');
});

test('refuses what would be too much together, and takes more once there is room', async () => {
  const first = await begin('/first', 'x'.repeat(90));
  await begin('/second', 'x'.repeat(90));
  const refused = await Promise.race(outcomes.values());
  expect(refused).toBe('TooManyBodies');
  first.end();
  expect(await outcomes.get('/first')).toHaveLength(90);
  const third = await begin('/third', 'x'.repeat(90));
  third.end();
  expect(await outcomes.get('/third')).toHaveLength(90);
});

test('an upload that is broken off ends, and makes room', async () => {
  for (const path of ['/a', '/b', '/c']) {
    const upload = await begin(path, 'x'.repeat(90));
    upload.destroy();
    expect(await outcomes.get(path)).toBe('BodyAborted');
  }
});
