import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from '../api.fixture.ts';

let api: ApiFixture;
let url: URL;
let client: Client;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
  await api.app.listen({ port: 0, host: '127.0.0.1' });
  url = new URL(`http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}/api/mcp`);
  client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(url));
});
afterAll(async () => {
  await client.close();
  await api.remove();
});

const range = { start: String(storyStart), end: String(storyStart + 10_000_000_000n) };

async function call(name: string, args: Record<string, unknown>): Promise<{ text: string; isError: boolean }> {
  const { content, isError = false } = await client.callTool({ name, arguments: args });
  return { text: content.map((part) => (part.type === 'text' ? part.text : '')).join(), isError };
}

test('an assistant is told who answers, and what it may ask', async () => {
  expect(client.getServerVersion()).toMatchObject({ name: 'sightline', version: '1.2.3' });
  expect(client.getInstructions()).toContain('TraceQL');
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'search_traces',
    'get_trace',
    'explain_trace',
    'list_services',
    'list_attributes',
  ]);
  expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
});

test('a search answers with a line for each trace', async () => {
  const found = await call('search_traces', { query: '{ name = "GET /delay/:ms" && duration > 1s }', ...range });
  expect(found).toEqual({
    isError: false,
    text: `${storyTraceId} 2026-09-21T14:13:20.000Z proxy: GET /, 3.02 s, 3 spans, in proxy, slow-upstream`,
  });
  expect((await call('search_traces', { query: '{ duration > 1h }', ...range })).text).toBe(
    'No trace matches in this time range.',
  );
});

test('a trace is an outline, with what the libraries knew', async () => {
  expect((await call('get_trace', { traceId: '0af7' })).text).toBe(
    [
      'proxy: GET / (00000000000000a1, server, 3.02 s, from 0 ns)',
      '  - http.route: /',
      '  - http.response.status_code: 200',
      '  proxy: GET (00000000000000a2, client, 3.01 s, from 5 ms)',
      '    - server.address: localhost',
      '    slow-upstream: GET /delay/:ms (00000000000000b1, server, 3 s, from 8 ms)',
      '      - http.route: /delay/:ms',
      '      - http.response.status_code: 200',
    ].join('\n'),
  );
  expect((await call('get_trace', { traceId: '0af7', maxSpans: 1 })).text).toMatch(
    /\n\(2 shorter spans are left out\)$/,
  );
});

test('an explanation names the span to blame, and the way there', async () => {
  const { text } = await call('explain_trace', { traceId: storyTraceId });
  expect(text).toMatch(/^GET \/delay\/:ms in slow-upstream took 3 s of 3\.02 s \(99 %\) by itself/);
  expect(text).toContain('- 3 s in slow-upstream: GET /delay/:ms (00000000000000b1)');
});

test('services and attributes are listed', async () => {
  expect((await call('list_services', range)).text).toBe(
    [
      'proxy: 2 spans, 0 errors, last at 2026-09-21T14:13:20.005Z',
      'slow-upstream: 1 spans, 0 errors, last at 2026-09-21T14:13:20.008Z',
    ].join('\n'),
  );
  expect((await call('list_attributes', { prefix: 'http.ro' })).text).toBe('span.http.route (string), on 2 spans');
});

test('what is wrong with a question is told to the assistant', async () => {
  expect(await call('get_trace', { traceId: 'dddd' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('No span of trace dddd is stored'),
  });
  expect(await call('search_traces', { start: 'yesterday' })).toMatchObject({
    isError: true,
    text: expect.stringContaining('start="yesterday" is not a time'),
  });
  expect(await call('get_trace', {})).toMatchObject({ isError: true, text: expect.stringContaining('traceId') });
});

test('clients of the protocol before are answered too', async () => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
    }),
  });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('"serverInfo":{"name":"sightline"');
});

test('what is no message of the protocol is refused', async () => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});
