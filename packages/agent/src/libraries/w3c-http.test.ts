/** The W3C validation suite's cases against a traced service, as the suite runs them: over HTTP, both ways. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type NodeMajor, nodeBinary } from '../../testing/nodes.ts';
import { register, repository } from '../../testing/traced-program.ts';
import { type W3cRequest, w3cCases } from '../tracer/w3c-cases.ts';

/** The header lines of each request that the service made since the last look. */
let called: string[][] = [];
const harness = createServer((request, response) => {
  called.push(request.rawHeaders);
  request.resume().on('end', () => response.end());
});

beforeAll(async () => {
  harness.listen(0, '127.0.0.1');
  await once(harness, 'listening');
});
afterAll(() => harness.close());

describe.each<[string, NodeMajor]>([
  ['/http', 20],
  ['/fetch', 20],
  ['/http', 24],
  ['/fetch', 24],
])('a service that calls by %s on Node %i', (path, major) => {
  let service: ChildProcess;
  let port = 0;

  beforeAll(async () => {
    const args = ['--require', register, join(repository, 'e2e/apps/http/w3c-service.cjs')];
    const env = { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' };
    service = spawn(nodeBinary(major), args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(service.stdout ?? service, 'data');
    port = Number(line);
  });
  afterAll(() => service.kill());

  test.each(Object.entries(w3cCases))('%s', async (_name, requests) => {
    for (const request of requests) {
      called = [];
      await send(port, path, request);
      expect(called).toHaveLength(request.callbacks);
      for (const headers of called) expectHeaders(headers, request);
      expect(new Set(called.map((headers) => valuesOf(headers, 'traceparent')[0])).size).toBe(request.callbacks);
    }
  });
});

function expectHeaders(headers: readonly string[], request: W3cRequest): void {
  const [traceParent, ...more] = valuesOf(headers, 'traceparent');
  expect(more).toEqual([]);
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceParent ?? '') ?? [];
  if (request.traceId === undefined) expect(request.headers.join()).not.toContain(traceId);
  else expect(traceId).toBe(request.traceId);
  expect(traceId).not.toBe('0'.repeat(32));
  expect(['0'.repeat(16), '1234567890123456']).not.toContain(spanId);
  expect(Number.parseInt(flags ?? '', 16)).toBe(request.flags);
  expect(valuesOf(headers, 'tracestate')).toEqual(request.traceState === '' ? [] : [request.traceState]);
}

/** From Node's raw list: names and values in turn. */
function valuesOf(headers: readonly string[], name: string): string[] {
  return headers.filter((_value, i) => i % 2 === 1 && headers[i - 1]?.toLowerCase() === name);
}

/** As raw bytes, since no client would send what some of the cases hold. */
async function send(port: number, path: string, request: W3cRequest): Promise<void> {
  const url = `http://127.0.0.1:${(harness.address() as AddressInfo).port}/callback`;
  const body = JSON.stringify(Array.from({ length: request.callbacks }, () => ({ url, arguments: [] })));
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    `content-length: ${body.length}`,
    ...request.headers,
    '',
    body,
  ];
  const socket = connect(port, '127.0.0.1');
  socket.write(lines.join('\r\n'));
  expect(await text(socket)).toContain('200 OK');
}
