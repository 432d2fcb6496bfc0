import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checkBackend, endpointOf } from './backend-check.ts';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  [{}, 'http://127.0.0.1:4318/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1/' }, 'http://c:1/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://d/x' }, 'http://d/x'],
])('%j leads to %s', (env, endpoint) => expect(endpointOf(env)).toBe(endpoint));

test('a backend that takes spans is asked as the agent asks', async () => {
  const asked: unknown[] = [];
  const url = await listen(({ method, url, headers }, response) => {
    asked.push([method, url, headers['content-type'], headers.authorization]);
    response.end();
  });
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc' };
  expect((await checkBackend(env)).map(({ level }) => level)).toEqual(['ok', 'ok']);
  expect(asked).toEqual([['POST', '/v1/traces', 'application/x-protobuf', 'Bearer abc']]);
});

test.each([
  [401, 'It wants a token'],
  [404, 'Something else listens there'],
  [503, 'It is busy'],
  [500, 'Look at its log'],
])('status %i is told, with what to do', async (status, advice) => {
  const url = await listen((_, response) => response.writeHead(status).end());
  const [first] = await checkBackend({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  expect(first).toMatchObject({
    text: expect.stringContaining(`status ${status}`),
    advice: expect.stringContaining(advice),
  });
});

test('a backend whose clock is wrong is told', async () => {
  const url = await listen((_, response) => {
    response.setHeader('date', new Date(Date.now() + 60_000).toUTCString()).end();
  });
  const [, clock] = await checkBackend({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
  expect(clock).toMatchObject({ level: 'note', text: expect.stringMatching(/(59|60) s ahead of ours/) });
});

test('where nothing listens, and what is no URL, is told', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const [refused] = await checkBackend({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  expect(refused).toMatchObject({ level: 'problem', advice: expect.stringContaining('sightline up') });
  const [broken] = await checkBackend({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' });
  expect(broken?.level).toBe('problem');
});
