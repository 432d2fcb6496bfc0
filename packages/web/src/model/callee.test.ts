import { expect, test } from 'vitest';
import { calleeText } from './callee.ts';
import { buildTrace, type TraceSpan } from './trace.ts';

function call(name: string, attributes: Record<string, string>, kind: 1 | 2 | 3 | 4 = 3): TraceSpan {
  const raw = {
    traceId: '1',
    spanId: '1',
    name,
    kind,
    startTimeUnixNano: '0',
    endTimeUnixNano: '1',
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  };
  return buildTrace('1', { resourceSpans: [{ scopeSpans: [{ spans: [raw] }] }] }).spans[0] as TraceSpan;
}

test.each([
  ['host and path of a request', { 'url.full': 'http://localhost:4002/delay/3000?x=1' }, 'localhost:4002/delay/3000'],
  ['the host alone without a path', { 'url.full': 'https://api.example.com/' }, 'api.example.com'],
  ['a database by its name', { 'db.system.name': 'postgresql', 'db.namespace': 'shop' }, 'shop'],
  ['a database without a name by its system', { 'db.system.name': 'redis', 'server.address': 'cache' }, 'redis'],
  ['a queue', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, 'orders'],
  ['an address with its port', { 'server.address': '10.0.0.7', 'server.port': '50051' }, '10.0.0.7:50051'],
  ['the names of before', { 'http.url': 'http://h/x', 'net.peer.name': 'h' }, 'h/x'],
  ['an address that is none', { 'url.full': 'not an address', 'server.address': 'h' }, 'h'],
  ['nothing known', {}, undefined],
] as const)('a call names %s', (_, attributes, text) => {
  expect(calleeText(call('GET', attributes))).toBe(text);
});

test('what the name says already is not said again', () => {
  expect(calleeText(call('SELECT shop.items', { 'db.namespace': 'shop' }))).toBeUndefined();
});

test('a server and inner work call nobody', () => {
  const address = { 'server.address': 'shop.example.com' };
  expect([calleeText(call('GET /', address, 2)), calleeText(call('render', address, 1))]).toEqual([
    undefined,
    undefined,
  ]);
});
