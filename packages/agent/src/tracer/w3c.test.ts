/** The W3C validation suite's cases, sent as raw bytes through Node's HTTP parser into `extract`, and out of `inject`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectSpans } from './collect-spans.ts';
import { contextWithSpan } from './context.ts';
import { extract, inject } from './propagation.ts';
import { createSampler } from './sampler.ts';
import { Tracer } from './tracer.ts';
import { type W3cRequest, w3cCases } from './w3c-cases.ts';

const tracer = new Tracer({ name: 'test', version: '' });

/** Answers with the headers of the requests that it would make: `/3` makes three. */
const server = createServer((request, response) => {
  const caller = extract(request.headers);
  const context = contextWithSpan(caller, tracer.startSpan('server', 2, caller));
  const sent = Array.from({ length: Number(request.url?.slice(1)) }, () => {
    const headers: Record<string, string> = {};
    inject(contextWithSpan(context, tracer.startSpan('client', 3, context)), (name, value) => {
      headers[name] = value;
    });
    return headers;
  });
  response.end(JSON.stringify(sent));
});

beforeAll(async () => {
  collectSpans({ sampler: createSampler('parentbased_always_on', undefined).sampler });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

test('there are 41 cases', () => expect(Object.keys(w3cCases)).toHaveLength(41));

test.each(Object.entries(w3cCases))('%s', async (_, requests) => {
  for (const request of requests) {
    const sent = await send(request);
    expect(sent).toHaveLength(request.callbacks);
    for (const headers of sent) expectHeaders(headers, request);
    expect(new Set(sent.map((headers) => spanIdOf(headers))).size).toBe(request.callbacks);
  }
});

function expectHeaders(headers: Record<string, string>, request: W3cRequest): void {
  const [, traceId, spanId, flags] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(headers.traceparent ?? '') ?? [];
  if (request.traceId === undefined) expect(request.headers.join()).not.toContain(traceId);
  else expect(traceId).toBe(request.traceId);
  expect(traceId).not.toBe('0'.repeat(32));
  expect(['0'.repeat(16), '1234567890123456']).not.toContain(spanId);
  expect(Number.parseInt(flags ?? '', 16)).toBe(request.flags);
  expect(headers.tracestate ?? '').toBe(request.traceState);
}

function spanIdOf(headers: Record<string, string>): string | undefined {
  return headers.traceparent?.slice(36, 52);
}

async function send(request: W3cRequest): Promise<Record<string, string>[]> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const lines = [
    `GET /${request.callbacks} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    ...request.headers,
    '',
    '',
  ];
  socket.end(lines.join('\r\n'));
  const answer = await text(socket);
  return JSON.parse(answer.slice(answer.indexOf('[{')).replace(/\r\n0\r\n\r\n$/, ''));
}
