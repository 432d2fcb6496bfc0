import { describe, expect, test } from 'vitest';
import { clientSpan, serverSpan } from '../../testing/http-spans.ts';
import type { NodeMajor } from '../../testing/nodes.ts';
import { runTraced } from '../../testing/traced-program.ts';

const answered = {
  'network.peer.address': '127.0.0.1',
  'network.peer.port': '<port>',
  'network.protocol.version': '1.1',
};

/** Where the response was cut off, neither side is told by a status code. */
const cutOff = { type: 'ECONNRESET', message: 'aborted' };
const hungUp = { type: 'ECONNRESET', message: 'socket hang up' };
const refused = { type: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:<port>' };

const exchanges = [
  clientSpan({ path: '/ok?q=1&sig=REDACTED', statusCode: 200, attributes: answered }),
  serverSpan({ path: '/ok', query: 'q=1&sig=REDACTED', statusCode: 200 }),
  ...exchange('/echo', 200, 'POST'),
  ...exchange('/echo', 200, 'POST'),
  ...exchange('/ok', 200, 'HEAD'),
  clientSpan({ path: '/ok', statusCode: 200, attributes: answered }),
  serverSpan({ path: '/ok', statusCode: 200, attributes: { 'server.address': 'elsewhere.test', 'server.port': 80 } }),
  clientSpan({ path: '/ok', statusCode: 200, attributes: answered }),
  serverSpan({ path: '/ok', statusCode: 200, attributes: { 'server.port': 1 } }),
  clientSpan({ path: '/refused', error: refused }),
  ...exchange('/fail', 503),
  ...exchange('/missing', 404),
  // The agent has one connection, so the second request waits for the first.
  clientSpan({ path: '/first', statusCode: 200, attributes: answered }),
  clientSpan({ path: '/second', statusCode: 200, attributes: answered }),
  serverSpan({ path: '/first', statusCode: 200 }),
  serverSpan({ path: '/second', statusCode: 200 }),
  ...exchange('/early', 200),
  clientSpan({ path: '/cut', statusCode: 200, attributes: answered, error: cutOff }),
  serverSpan({ path: '/cut', statusCode: 200, attributes: { 'error.type': 'aborted' } }),
  clientSpan({ path: '/refused', error: refused }),
  clientSpan({ path: '/slow', error: hungUp }),
  serverSpan({ path: '/slow', attributes: { 'error.type': 'aborted' } }),
  ...exchange('/socket', 101),
  // Both in one packet, of a caller that does not trace.
  ...['/first', '/second'].map((path) =>
    serverSpan({
      path,
      statusCode: 200,
      parent: undefined,
      attributes: { 'server.address': 'pipe', 'server.port': 80 },
    }),
  ),
];

function exchange(path: string, statusCode: number, method = 'GET') {
  return [clientSpan({ method, path, statusCode, attributes: answered }), serverSpan({ method, path, statusCode })];
}

const matrix: [string, NodeMajor][] = [
  ['main.cjs', 20],
  ['main.mjs', 20],
  ['main.mjs', 22],
  ['main.cjs', 24],
  ['main.mjs', 24],
  ['main.mjs', 26],
];

describe.each(matrix)('%s on Node %i', (main, node) => {
  test('server and client leave one span each per exchange, however it ends', async () => {
    const { spans, stderr, code } = await runTraced(`http/${main}`, { node });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(spans).toEqual(exchanges);
  });
});

test.each<NodeMajor>([20, 24])('requests of one connection have their own methods on Node %i', async (node) => {
  const { spans, stderr } = await runTraced('http/methods.cjs', { node });
  expect(stderr).toBe('');
  const asked = spans.map(({ name, attributes }) => [name, ...methodAttributes.map((key) => attributes[key])]);
  expect(asked).toEqual([
    ['GET', 'GET', undefined, '/0', 'pipe'],
    ['POST', 'POST', undefined, '/1', 'pipe'],
    ['GET', 'GET', undefined, '/2', 'pipe'],
    ['HTTP', '_OTHER', 'PROPFIND', '/3', 'pipe'],
    ['DELETE', 'DELETE', undefined, '/4', 'pipe'],
    ['POST', 'POST', undefined, '/5', 'pipe'],
    ['GET', 'GET', undefined, '/6', 'pipe'],
  ]);
});

const methodAttributes = ['http.request.method', 'http.request.method_original', 'url.path', 'server.address'];

test.each<[string, NodeMajor]>([
  ['https.cjs', 20],
  ['https.mjs', 20],
  ['https.cjs', 24],
  ['https.mjs', 24],
])('%s on Node %i: an exchange over TLS', async (main, node) => {
  const { spans, stderr } = await runTraced(`http/${main}`, { node });
  expect(stderr).toBe('');
  const secure = { 'url.full': 'https://127.0.0.1:<port>/secure', ...answered };
  expect(spans).toEqual([
    clientSpan({ path: '/secure', statusCode: 200, attributes: secure }),
    serverSpan({ path: '/secure', statusCode: 200, attributes: { 'url.scheme': 'https' } }),
  ]);
});

test.each<[string, NodeMajor]>([
  ['http2.cjs', 20],
  ['http2.mjs', 24],
  ['http2.cjs', 26],
])('%s on Node %i: requests over HTTP/2 are served, with their context', async (main, node) => {
  const { spans, stderr } = await runTraced(`http/${main}`, { node });
  expect(stderr).toBe('');
  const version2 = { 'network.protocol.version': '2' };
  expect(spans).toEqual([
    serverSpan({ path: '/ok', query: 'q=1', statusCode: 200, parent: 'unknown', attributes: version2 }),
    clientSpan({ path: '/refused', parent: 'SERVER GET /ok', error: refused, attributes: { 'server.port': 9 } }),
    serverSpan({ path: '/fail', statusCode: 500, parent: undefined, attributes: version2 }),
  ]);
});

test.each<NodeMajor>([20, 22, 24, 26])(
  'the context follows promises, timers, streams, emitters and pools on Node %i',
  async (node) => {
    const { spans } = await runTraced('http/context.cjs', { node });
    const parents = spans.flatMap(({ kind, attributes, parent }) => {
      const way = kind === 'CLIENT' && /\/from-(.*)$/.exec(String(attributes['url.full']))?.[1];
      return way ? [[way, parent]] : [];
    });
    const ways = ['promise', 'timer', 'interval', 'immediate', 'emitter', 'file', 'pipeline', 'crypto', 'request-data'];
    ways.push('request-end', 'request-iterator', 'client-response', 'pool', 'response-finish');
    expect(Object.fromEntries(parents)).toEqual(Object.fromEntries(ways.map((way) => [way, `SERVER POST /${way}`])));
  },
);

describe.each<NodeMajor>([20, 24])('what nobody catches, on Node %i', (node) => {
  const exceptions = ['RangeError: thrown'];

  test.each(['throws', 'rejects', 'later'])('a handler that %s ends the process and its span', async (way) => {
    const { spans, code, stderr } = await runTraced('http/crash.cjs', { node, programArguments: [way] });
    expect(code).toBe(1);
    expect(stderr).toContain('RangeError: thrown');
    const span = serverSpan({
      path: `/${way}`,
      parent: 'unknown',
      attributes: { 'error.type': 'RangeError' },
      exceptions,
    });
    expect(spans).toEqual([{ ...span, status: 'error: thrown' }]);
  });

  test.each(['throws', 'rejects', 'later'])('a handler that %s is answered by a listener', async (way) => {
    const { spans, code } = await runTraced('http/crash.cjs', { node, programArguments: [way, 'survives'] });
    expect(code).toBe(0);
    expect(spans[1]).toEqual(serverSpan({ path: `/${way}`, statusCode: 500, message: 'thrown', exceptions }));
  });
});
