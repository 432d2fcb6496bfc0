import { type KeyValue, readTraces, type Span } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import zipkin from 'zipkin';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { richBatch } from '../../testing/format-sender.ts';
import { zipkinJson } from './zipkin-json.ts';

type Endpoint = ConstructorParameters<typeof zipkin.model.Endpoint>[0];

interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: string;
  readonly timestamp: number;
  readonly duration: number;
  readonly localEndpoint: Endpoint;
  readonly remoteEndpoint?: Endpoint;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

function rich(): ZipkinSpan {
  const [span] = JSON.parse(zipkinJson(readTraces(Buffer.concat(richBatch().parts)))) as [ZipkinSpan];
  return span;
}

test('every field of a span has its place', () => {
  expect(rich()).toEqual({
    traceId: '8af7651916cd43dda448eb211c80319c',
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
    parentId: 'b7ad6b7169203331',
    name: 'POST /orders',
    kind: 'CLIENT',
    timestamp: 1_700_000_000_000_250,
    duration: 1_500_250,
    localEndpoint: { serviceName: 'Shop' },
    remoteEndpoint: { serviceName: '10.0.0.7', ipv4: '10.0.0.7', port: 8_080 },
    annotations: [{ timestamp: 1_700_000_000_005_000, value: '"retry": {"attempt":1}' }],
    tags: {
      'process.pid': '42',
      text: 'grün',
      'server.address': '10.0.0.7',
      'server.port': '8080',
      large: '9007199254740991',
      negative: '-5',
      ratio: '0.25',
      flag: 'true',
      list: '["a","b"]',
      'otel.scope.name': '@shop/orders',
      'otel.scope.version': '1.2.3',
      'otel.library.name': '@shop/orders',
      'otel.library.version': '1.2.3',
      'w3c.tracestate': 'vendor=x',
      'otel.status_code': 'ERROR',
      error: 'no stock',
      'otlp.link.0': '0af7651916cd43dd8448eb211c80319d|00f067aa0ba902b7||{"why":"batch"}|0',
    },
  });
});

test('it is what Zipkin’s own library writes of such a span, but for the case of names', () => {
  const ours = rich();
  expect(JSON.parse(encodeByLibrary(ours))).toEqual({
    ...ours,
    name: ours.name.toLowerCase(),
    localEndpoint: { serviceName: 'shop' },
  });
});

function encodeByLibrary(span: ZipkinSpan): string {
  const traceId = new zipkin.TraceId({
    traceId: span.traceId,
    parentId: new zipkin.option.Some(span.parentId),
    spanId: span.id,
    sampled: new zipkin.option.Some(true),
  } as unknown as ConstructorParameters<typeof zipkin.TraceId>[0]);
  const model = new zipkin.model.Span(traceId);
  model.setName(span.name);
  model.setKind(span.kind as string);
  model.setTimestamp(span.timestamp);
  model.setDuration(span.duration);
  model.setLocalEndpoint(new zipkin.model.Endpoint(span.localEndpoint));
  model.setRemoteEndpoint(new zipkin.model.Endpoint(span.remoteEndpoint as Endpoint));
  for (const { timestamp, value } of span.annotations ?? []) model.addAnnotation(timestamp, value);
  for (const [key, value] of Object.entries(span.tags)) model.putTag(key, value);
  return zipkin.jsonEncoder.JSON_V2.encode(model);
}

/** https://github.com/openzipkin/zipkin-api/blob/master/zipkin2-api.yaml */
test('any spans keep to the rules of Zipkin’s API', () => {
  fc.assert(
    fc.property(anyTraces, (traces) => {
      const wanted = traces.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
      const spans = JSON.parse(zipkinJson(traces)) as ZipkinSpan[];
      expect(spans.map(({ id }) => id)).toEqual(wanted.map(({ spanId }) => spanId));
      for (const span of spans) expectRules(span);
    }),
    { numRuns: 40 },
  );
});

function expectRules(span: ZipkinSpan): void {
  expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
  for (const id of [span.id, span.parentId ?? span.id]) expect(id).toMatch(/^[0-9a-f]{16}$/);
  expect([undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER']).toContain(span.kind);
  expect(Number.isInteger(span.timestamp)).toBe(true);
  expect(span.duration).toBeGreaterThanOrEqual(1);
  for (const { timestamp, value } of span.annotations ?? []) {
    expect([Number.isInteger(timestamp), typeof value]).toEqual([true, 'string']);
  }
  for (const value of Object.values(span.tags)) expect(typeof value).toBe('string');
  expect(span.localEndpoint.serviceName).not.toBe('');
}

function translated(change: Partial<Span>): ZipkinSpan {
  const [span] = readTraces(Buffer.concat(richBatch().parts)).resourceSpans[0]?.scopeSpans[0]?.spans ?? [];
  const changed = { ...(span as Span), ...change };
  const [found] = JSON.parse(zipkinJson({ resourceSpans: [{ scopeSpans: [{ spans: [changed] }] }] })) as [ZipkinSpan];
  return found;
}

function texts(attributes: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

test.each([
  [{ 'peer.service': 'stock', 'server.address': 'db' }, { serviceName: 'stock' }],
  [
    { 'server.address': 'db', 'server.port': '5432', 'network.peer.address': '::1' },
    { serviceName: 'db', port: 5432 },
  ],
  [
    { 'network.peer.address': '::1', 'network.peer.port': '80' },
    { serviceName: '::1', ipv6: '::1', port: 80 },
  ],
  [{ 'peer.hostname': 'h', 'peer.address': '1.2.3.4' }, { serviceName: 'h' }],
  [{ 'db.name': 'orders', 'server.address': '' }, { serviceName: 'orders' }],
  [{ 'url.full': 'http://db/' }, undefined],
])('a client whose attributes are %j calls %j', (attributes, remoteEndpoint) => {
  expect(translated({ kind: 3, attributes: texts(attributes) }).remoteEndpoint).toEqual(remoteEndpoint);
  expect(translated({ kind: 2, attributes: texts(attributes) }).remoteEndpoint).toBeUndefined();
});

test('only what failed has an error tag', () => {
  const attributes = texts({ error: 'false' });
  expect(translated({ attributes, status: { code: 1 } }).tags).not.toHaveProperty('error');
  expect(translated({ attributes, status: { code: 2 } }).tags).toMatchObject({ error: '' });
});
