/** What the real clients sent (`fixtures/README.md`), as OTLP. */
import { readTraces } from '@sightline/wire';
import { describe, expect, test } from 'vitest';
import { spansOf, zipkinFixture } from './zipkin.fixture.ts';
import { translateZipkinJson } from './zipkin-json.ts';
import { translateZipkinProto } from './zipkin-proto.ts';
import { translateZipkinV1Thrift } from './zipkin-thrift.ts';

const web = { 'network.local.address': '10.0.0.1', 'network.local.port': 8080n };
const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', parentSpanId: '48485a3953bb6124' };
const pyZipkin = [
  {
    service: 'web',
    traceId: ids.traceId,
    spanId: '48485a3953bb6124',
    name: 'GET /cart',
    kind: 2,
    startTimeUnixNano: '1763800000123456000',
    endTimeUnixNano: '1763800000373456000',
    attributes: {
      'http.path': '/cart',
      user: 'zoë',
      ...web,
      'network.peer.address': '192.0.2.7',
      'network.peer.port': 54321n,
    },
    events: [{ timeUnixNano: '1763800000200000000', name: 'looked up' }],
  },
  {
    service: 'web',
    ...ids,
    spanId: 'a2fb464d6b2af100',
    name: 'GET /stock',
    kind: 3,
    startTimeUnixNano: '1763800000150000000',
    endTimeUnixNano: '1763800000250000000',
    attributes: {
      ...web,
      'network.peer.address': '10.0.0.2',
      'zipkin.remote_endpoint.ipv6': '2001:db8::c001',
      'network.peer.port': 9000n,
      'peer.service': 'stock',
    },
  },
  {
    service: 'stock',
    ...ids,
    spanId: 'a2fb464d6b2af100',
    name: 'GET /stock',
    kind: 2,
    startTimeUnixNano: '1763800000170000000',
    endTimeUnixNano: '1763800000220000000',
    attributes: {
      'network.local.address': '10.0.0.2',
      'zipkin.local_endpoint.ipv6': '2001:db8::c001',
      'network.local.port': 9000n,
      'zipkin.shared': true,
    },
    status: { code: 2, message: 'no such item' },
  },
  {
    service: 'web',
    ...ids,
    spanId: '000000006b2af101',
    name: 'render',
    startTimeUnixNano: '1763800000300000000',
    endTimeUnixNano: '1763800000310000000',
    attributes: web,
  },
];
const [cart, call, answer, render] = pyZipkin;

test.each([
  ['v2 JSON', translateZipkinJson(zipkinFixture('py-zipkin-v2.json')), pyZipkin],
  ['v2 protobuf', translateZipkinProto(zipkinFixture('py-zipkin-v2.proto.bin')), pyZipkin],
  [
    'v1 JSON, where a span that is no call says nothing of its service',
    translateZipkinJson(zipkinFixture('py-zipkin-v1.json')),
    [cart, call, answer, { ...render, service: undefined, attributes: {} }],
  ],
  [
    'v1 Thrift, where such a span is a call of oneself that takes no time',
    translateZipkinV1Thrift(zipkinFixture('py-zipkin-v1.thrift.bin')),
    [cart, call, answer, { ...render, kind: 1 }],
  ],
])('py-zipkin, %s', (_encoding, translation, expected) => {
  expect(translation).toMatchObject({ spanCount: 4, refusedCount: 0 });
  expect(spansOf(translation)).toEqual(expected);
});

describe('zipkin-js', () => {
  test.each(['v1', 'v2'])('%s: both halves of a call are there, under one id', (version) => {
    const spans = spansOf(translateZipkinJson(zipkinFixture(`zipkin-js-${version}.json`)));
    const [root, local] = ['get', 'render'].map((name) => spans.find((span) => span.name === name));
    expect(root).toMatchObject({ service: 'web', kind: 2, attributes: { 'http.path': '/cart', port: '8080', ...web } });
    expect(root).not.toHaveProperty('parentSpanId');
    expect(local).toMatchObject({ parentSpanId: root?.spanId, attributes: { lines: '40', port: '8080' } });

    const halves = spans.filter((span) => span.name === 'get /stock');
    expect(
      new Set(halves.map(({ traceId, spanId, parentSpanId }) => `${traceId} ${spanId} ${parentSpanId}`)).size,
    ).toBe(1);
    expect(halves.find(({ kind }) => kind === 3)).toMatchObject({
      service: 'web',
      parentSpanId: root?.spanId,
      attributes: { 'peer.service': 'stock', 'network.peer.address': '10.0.0.2', 'network.peer.port': 9000n },
    });
    expect(halves.find(({ kind }) => kind === 2)).toMatchObject({
      service: 'stock',
      attributes: { port: '9000', 'zipkin.shared': true },
      events: [{ name: 'cache miss' }],
      status: { code: 2, message: 'no such item' },
    });
  });
});

test("OpenTelemetry's exporter: its status, resource and fractions of microseconds come back", () => {
  const { payload } = translateZipkinJson(zipkinFixture('zipkin-otel-js-v2.json'));
  const [{ resource, scopeSpans } = {}, ...others] = readTraces(payload).resourceSpans;
  expect(others).toEqual([]);
  expect(resource).toEqual({
    attributes: [
      { key: 'service.name', value: { stringValue: 'checkout' } },
      { key: 'service.version', value: { stringValue: '1.4.0' } },
      { key: 'process.pid', value: { stringValue: '4711' } },
    ],
  });
  const [child, root] = scopeSpans?.[0]?.spans ?? [];
  expect(child).toMatchObject({
    name: 'SELECT cart',
    parentSpanId: root?.spanId,
    events: [{ timeUnixNano: '1763800000250000000', name: 'row' }],
  });
  expect(root).toMatchObject({
    name: 'GET /cart/:id',
    kind: 2,
    startTimeUnixNano: '1763800000123456800',
    endTimeUnixNano: '1763800000999999800',
    attributes: [
      { key: 'http.request.method', value: { stringValue: 'GET' } },
      { key: 'http.response.status_code', value: { stringValue: '500' } },
      { key: 'tags', value: { stringValue: 'a,ü' } },
    ],
    status: { code: 2, message: 'no such cart' },
  });
});
