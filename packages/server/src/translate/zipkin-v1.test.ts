import { describe, expect, test } from 'vitest';
import { type FlatSpan, jsonBytes, spansOf } from './zipkin.fixture.ts';
import { translateZipkinJson } from './zipkin-json.ts';

const web = { serviceName: 'web', ipv4: '10.0.0.1', port: 8080 };
const stock = { serviceName: 'stock', ipv4: '10.0.0.2', port: 9000 };
const at = 1763800000000000;
const nano = (micros: number): string => `${at + micros}000`;
const annotation = (value: string, micros: number, endpoint: object | undefined = web): object => ({
  timestamp: at + micros,
  value,
  endpoint,
});

function v1(span: object): FlatSpan[] {
  return spansOf(translateZipkinJson(jsonBytes([{ traceId: '1', id: '2', name: 'get', ...span }])));
}

const times = (span: FlatSpan | undefined): unknown => [
  span?.kind ?? 0,
  span?.startTimeUnixNano,
  span?.endTimeUnixNano,
];

describe('the two halves of a call in one span', () => {
  const annotations = [
    annotation('cs', 0),
    annotation('sr', 10, stock),
    annotation('ws', 1),
    annotation('found', 15, stock),
    annotation('ss', 20, stock),
    annotation('cr', 30),
  ];
  const binaryAnnotations = [
    { key: 'http.path', value: '/a', endpoint: web },
    { key: 'http.path', value: '/b', endpoint: stock },
    { key: 'sa', value: true, endpoint: stock },
    { key: 'ca', value: true, endpoint: web },
  ];

  test('become two spans with their own times, tags and events', () => {
    const [client, server, ...others] = v1({ annotations, binaryAnnotations });
    expect(others).toEqual([]);
    expect([times(client), times(server)]).toEqual([
      [3, nano(0), nano(30)],
      [2, nano(10), nano(20)],
    ]);
    expect(client).toMatchObject({ service: 'web', attributes: { 'http.path': '/a', 'peer.service': 'stock' } });
    expect(client?.events).toEqual([{ timeUnixNano: nano(1), name: 'ws' }]);
    expect(server).toMatchObject({
      service: 'stock',
      attributes: { 'http.path': '/b', 'peer.service': 'web', 'zipkin.shared': true },
      events: [{ timeUnixNano: nano(15), name: 'found' }],
    });
  });

  test("the span's own times are the client's; what the annotations say otherwise stays an event", () => {
    const [client, server] = v1({ annotations, timestamp: at - 5, duration: 40 });
    expect([times(client), times(server)]).toEqual([
      [3, nano(-5), nano(35)],
      [2, nano(10), nano(20)],
    ]);
    expect(client?.events?.map(({ name }) => name)).toEqual(['ws', 'cs', 'cr']);
    expect(server?.events?.map(({ name }) => name)).toEqual(['found']);
  });

  test('are two as well where a service calls itself', () => {
    const spans = v1({
      annotations: [annotation('cs', 0), annotation('sr', 1), annotation('ss', 2), annotation('cr', 3)],
    });
    expect(spans.map(times)).toEqual([
      [3, nano(0), nano(3)],
      [2, nano(1), nano(2)],
    ]);
    expect(spans.map(({ service }) => service)).toEqual(['web', 'web']);
  });
});

test.each([
  ['a server that has no times of its own takes part in a shared span', {}, true],
  ['a server that has times started the span', { timestamp: at, duration: 5 }, undefined],
])('%s', (_what, fields, isShared) => {
  const [span, ...others] = v1({ ...fields, annotations: [annotation('sr', 0), annotation('ss', 5)] });
  expect(others).toEqual([]);
  expect(times(span)).toEqual([2, nano(0), nano(5)]);
  expect(span?.attributes['zipkin.shared']).toBe(isShared);
});

test('an end without a beginning is kept, and gives the span its time', () => {
  const [span] = v1({ annotations: [annotation('cr', 7)] });
  expect(times(span)).toEqual([3, nano(7), nano(7)]);
  expect(span?.events).toEqual([{ timeUnixNano: nano(7), name: 'cr' }]);
});

test('messages: the wire annotations are the end of sending and the start of receiving', () => {
  const broker = { key: 'ma', value: true, endpoint: { serviceName: 'kafka' } };
  const [producer] = v1({ annotations: [annotation('ms', 0), annotation('ws', 4)], binaryAnnotations: [broker] });
  expect(times(producer)).toEqual([4, nano(0), nano(4)]);
  expect(producer?.attributes['peer.service']).toBe('kafka');
  const [consumer] = v1({ annotations: [annotation('wr', 5), annotation('mr', 9)], binaryAnnotations: [broker] });
  expect(times(consumer)).toEqual([5, nano(5), nano(9)]);
  expect(consumer?.attributes['peer.service']).toBe('kafka');
});

describe('binary annotations', () => {
  test('keep their types', () => {
    const [span] = v1({
      timestamp: at,
      binaryAnnotations: [
        { key: 'bool', value: false, endpoint: web },
        { key: 'i16', value: 16, type: 'I16' },
        { type: 'I64', key: 'i64', value: '-9223372036854775808' },
        { key: 'double', value: '0.5', type: 'DOUBLE' },
        { key: 'bytes', value: 'AQI=', type: 'BYTES' },
        { key: 'text', value: 'a' },
        { key: 'wrong', value: 'many', type: 'I32' },
      ],
    });
    expect(span?.attributes).toMatchObject({
      bool: false,
      i16: 16n,
      i64: -(2n ** 63n),
      double: 0.5,
      bytes: 'AQI=',
      text: 'a',
      wrong: 'many',
    });
  });

  test.each([
    ['', {}],
    ['render', { lc: 'render' }],
  ])('a local component %j marks a span that is no call', (value, attributes) => {
    const [span] = v1({ timestamp: at, duration: 3, binaryAnnotations: [{ key: 'lc', value, endpoint: web }] });
    expect(times(span)).toEqual([1, nano(0), nano(3)]);
    expect(span).toMatchObject({ service: 'web', attributes });
    expect(span && 'lc' in span.attributes).toBe(value !== '');
  });

  test('addresses say what the annotations do not, and are never lost', () => {
    const address = (key: string): object => ({ key, value: true, endpoint: stock });
    expect(v1({ timestamp: at, binaryAnnotations: [address('ca')] })[0]).toMatchObject({
      kind: 2,
      attributes: { 'peer.service': 'stock' },
    });
    const [client] = v1({
      annotations: [annotation('cs', 0), annotation('cr', 1)],
      binaryAnnotations: [address('sa'), address('sa'), address('ca')],
    });
    expect(client?.attributes).toMatchObject({
      'peer.service': 'stock',
      sa: 'stock 10.0.0.2 9000',
      ca: 'stock 10.0.0.2 9000',
    });
  });
});

test('annotations without an endpoint are events, whatever they are called', () => {
  const [span] = v1({ timestamp: at, annotations: [{ timestamp: at, value: 'cs' }] });
  expect([span?.kind, span?.events?.map(({ name }) => name)]).toEqual([undefined, ['cs']]);
});
