import { describe, expect, test } from 'vitest';
import { clientSpan, serverSpan } from '../../testing/http-spans.ts';
import type { NodeMajor } from '../../testing/nodes.ts';
import { runTraced, type ShownSpan } from '../../testing/traced-program.ts';

const connected = { 'network.peer.address': '127.0.0.1', 'network.peer.port': '<port>' };

const fetched: ShownSpan[] = [
  clientSpan({ path: '/fetch?q=1', statusCode: 200, attributes: connected }),
  clientSpan({ method: 'POST', path: '/posted', statusCode: 200, attributes: connected }),
  clientSpan({ path: '/missing', statusCode: 404, attributes: connected }),
  clientSpan({
    path: '/cut',
    statusCode: 200,
    attributes: connected,
    error: { type: 'UND_ERR_SOCKET', message: 'other side closed' },
  }),
  {
    ...clientSpan({
      path: '/hang',
      attributes: connected,
      error: { type: 'AbortError', message: 'This operation was aborted' },
    }),
    exceptions: ['AbortError: This operation was aborted'],
  },
  clientSpan({
    path: '/refused',
    error: { type: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:<port>' },
  }),
];
const requested = clientSpan({ path: '/request', statusCode: 200, attributes: connected });

describe.each<[string, NodeMajor]>([
  ['undici7/global-fetch.cjs', 20],
  ['undici7/global-fetch.mjs', 20],
  ['undici7/global-fetch.cjs', 22],
  ['undici7/global-fetch.cjs', 24],
  ['undici7/global-fetch.mjs', 24],
  ['undici7/global-fetch.cjs', 26],
  ['undici7/main.cjs', 20],
  ['undici7/main.mjs', 24],
  ['undici6/main.mjs', 20],
  ['undici6/main.cjs', 24],
])('%s on Node %i', (main, node) => {
  test('leaves a client span per request, which the server continues', async () => {
    const { spans, stderr } = await runTraced(main, { node });
    expect(stderr).toBe('');
    const expected = main.includes('global') ? fetched : [...fetched, requested];
    expect(spans.filter(({ kind }) => kind === 'CLIENT')).toEqual(expected);
    const served = spans.filter(({ kind }) => kind === 'SERVER').map(({ parent }) => parent);
    const reached = expected.map(pathOf).filter((path) => path !== '/refused');
    expect(served).toEqual(reached.map((path) => `CLIENT ${path === '/posted' ? 'POST' : 'GET'} ${path}`));
  });
});

const upgraded = exchange('GET', '/upgrade', 101);
const tunnel = exchange('CONNECT', '/far.test:443', 200, { 'url.path': 'far.test:443' });
const webSocket = exchange('GET', '/socket', 101, { 'user_agent.original': 'node' });

function exchange(method: string, path: string, statusCode: number, served = {}): ShownSpan[] {
  const parent = `CLIENT ${method} ${path}`;
  return [
    clientSpan({ method, path, statusCode, attributes: connected }),
    serverSpan({ method, path, statusCode, parent, attributes: served }),
  ];
}

describe.each<[string, NodeMajor, ShownSpan[]]>([
  ['undici6/upgrade.cjs', 20, [...upgraded, ...tunnel]],
  ['undici7/upgrade.cjs', 24, [...upgraded, ...tunnel, ...webSocket]],
  ['undici7/websocket.cjs', 22, webSocket],
  ['undici7/websocket.cjs', 24, webSocket],
  ['undici7/websocket.cjs', 26, webSocket],
])('%s on Node %i', (main, node, expected) => {
  test('a request ends where the connection is handed to the program, though that stays open', async () => {
    const { spans, stderr, code } = await runTraced(main, { node });
    expect([stderr, code]).toEqual(['', 0]);
    expect(spans).toEqual(expected);
  });
});

function pathOf({ attributes }: ShownSpan): string {
  return String(attributes['url.full']).replace('http://127.0.0.1:<port>', '');
}
