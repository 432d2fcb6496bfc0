import { readTraces } from '@sightline/wire';
import { describe, expect, test } from 'vitest';
import { jsonBytes, plain, spansOf, translated } from './zipkin.fixture.ts';
import { translateZipkinJson } from './zipkin-json.ts';

const start = 1763800000000000;
const startNano = '1763800000000000000';

describe('ids', () => {
  test('are brought to their full length, whatever the sender left out', () => {
    expect(translated({ traceId: 'ABC', id: '1', parentId: 'f' })).toMatchObject({
      traceId: '00000000000000000000000000000abc',
      spanId: '0000000000000001',
      parentSpanId: '000000000000000f',
    });
  });

  test.each(['', '0', '0000000000000000', '2', null])('a parent %j is none', (parentId) => {
    expect(translated({ parentId })).not.toHaveProperty('parentSpanId');
  });

  test.each([
    [{ traceId: undefined }, 'traceId is missing'],
    [{ traceId: '0'.repeat(32) }, 'traceId is all zeros'],
    [{ traceId: '1'.repeat(33) }, 'traceId has 33 hex digits, where 32 are the most'],
    [{ id: 'xyz' }, 'id "xyz" is not made of hex digits'],
    [{ id: '' }, 'id is missing'],
    [{ parentId: 'abcdefabcdefabcdef' }, 'parentId has 18 hex digits, where 16 are the most'],
    [{ timestamp: -1 }, 'timestamp lies before 1970'],
    [{ timestamp: 1e17 }, 'timestamp lies after the year 2554'],
    [{ timestamp: start, duration: '18446744073709551' }, 'timestamp + duration lies after the year 2554'],
    [{ annotations: [{ timestamp: -5, value: 'x' }] }, 'annotations[0].timestamp lies before 1970'],
  ])('%j: that span alone is refused', (fields, reason) => {
    const good = { traceId: '1', id: '2', timestamp: start };
    const translation = translateZipkinJson(jsonBytes([good, { ...good, ...fields }, { ...good, id: '3' }]));
    expect(translation).toMatchObject({ spanCount: 2, refusedCount: 1, firstRefusal: `[1]: ${reason}` });
    expect(spansOf(translation).map(({ spanId }) => spanId)).toEqual(['0000000000000002', '0000000000000003']);
  });
});

describe('times', () => {
  test('are exact to the nanosecond', () => {
    expect(translated({ timestamp: '1763800000123456.7501', duration: '1.001' })).toMatchObject({
      startTimeUnixNano: '1763800000123456750',
      endTimeUnixNano: '1763800000123457751',
    });
    expect(translated({ timestamp: 7258118400000000, duration: 1 })).toMatchObject({
      startTimeUnixNano: '7258118400000000000',
      endTimeUnixNano: '7258118400000001000',
    });
  });

  test('a span without a duration ends as it starts', () => {
    expect(translated({ timestamp: start })).toMatchObject({
      startTimeUnixNano: startNano,
      endTimeUnixNano: startNano,
      attributes: {},
    });
  });

  test('a span without a timestamp starts with its first annotation', () => {
    const annotations = [
      { timestamp: start + 2, value: 'b' },
      { timestamp: start, value: 'a' },
    ];
    expect(translated({ annotations, duration: 5 })).toMatchObject({
      startTimeUnixNano: startNano,
      endTimeUnixNano: '1763800000000005000',
      attributes: { 'otel.zipkin.absentField.startTime': true },
    });
  });

  test('a span without any time starts with its trace, or else in 1970', () => {
    const spans = [
      { traceId: 'a', id: '1' },
      { traceId: 'a', id: '2', timestamp: start + 9 },
      { traceId: 'a', id: '3', timestamp: start },
      { traceId: 'b', id: '4' },
    ];
    const byId = Object.fromEntries(
      spansOf(translateZipkinJson(jsonBytes(spans))).map((span) => [Number(span.spanId), span.startTimeUnixNano]),
    );
    expect(byId).toEqual({ 1: startNano, 2: '1763800000000009000', 3: startNano, 4: '0' });
  });
});

test('a duration that leads out of all time from a start that is not its own is left away', () => {
  const annotations = [{ timestamp: '18446744073709000', value: 'late' }];
  const endTimeUnixNano = '18446744073709000000';
  expect(translated({ annotations, duration: 1e6 })).toMatchObject({ endTimeUnixNano });
  expect(translated({ annotations, duration: 1 })).toMatchObject({ endTimeUnixNano: '18446744073709001000' });
});

describe('endpoints', () => {
  test('a callee without a name is known by its address', () => {
    const remoteEndpoint = { ipv4: '10.0.0.2', port: 5432 };
    expect(translated({ timestamp: 1, kind: 'CLIENT', remoteEndpoint }).attributes).toEqual({
      'network.peer.address': '10.0.0.2',
      'network.peer.port': 5432n,
      'server.address': '10.0.0.2',
      'server.port': 5432n,
    });
    expect(translated({ kind: 'SERVER', remoteEndpoint }).attributes).not.toHaveProperty('server.address');
  });

  test('do not take the place of tags: what differs is kept beside them', () => {
    const tags = { 'peer.service': 'orders', 'network.peer.port': '80' };
    const remoteEndpoint = { serviceName: 'stock', port: 80 };
    expect(translated({ timestamp: 1, tags, remoteEndpoint }).attributes).toEqual({
      'peer.service': 'orders',
      'network.peer.port': '80',
      'zipkin.remote_endpoint.service_name': 'stock',
    });
  });
});

test('flags are attributes, where they say something', () => {
  expect(translated({ debug: true, shared: true }).attributes).toMatchObject({
    'zipkin.debug': true,
    'zipkin.shared': true,
  });
  const plainSpan = translated({ timestamp: 1, debug: false, shared: false });
  expect(plainSpan.attributes).toEqual({});
});

describe('what OpenTelemetry writes into tags', () => {
  test.each([
    [{ error: 'no such item' }, { code: 2, message: 'no such item' }, {}],
    [{ error: '' }, { code: 2 }, {}],
    [{ error: 'true' }, { code: 2 }, {}],
    [{ error: true }, { code: 2 }, {}],
    [{ error: 'false' }, undefined, { error: 'false' }],
    [{ 'otel.status_code': 'ERROR', error: 'late' }, { code: 2, message: 'late' }, {}],
    [
      { 'otel.status_code': 'Error', 'otel.status_description': 'late', error: 'true' },
      { code: 2, message: 'late' },
      {},
    ],
    [
      { 'otel.status_code': 'ERROR', 'otel.status_description': 'late', error: 'E1' },
      { code: 2, message: 'late' },
      { error: 'E1' },
    ],
    [{ 'otel.status_code': 'STATUS_CODE_OK', error: 'ignored' }, { code: 1 }, { error: 'ignored' }],
    [{ 'otel.status_code': 'Unsure' }, undefined, { 'otel.status_code': 'Unsure' }],
  ])('%j is the status %j', (tags, status, attributes) => {
    const span = translated({ timestamp: 1, tags });
    expect([span.status, span.attributes]).toEqual([status, attributes]);
  });

  test('goes back to its place', () => {
    const link = `${'ab'.repeat(16)}|${'cd'.repeat(8)}|k=v|{"why":"retry","times":2}|3`;
    const tags = {
      'w3c.tracestate': 'a=1',
      'span.kind': 'internal',
      'otel.dropped_attributes_count': '1',
      'otel.dropped_events_count': '2',
      'otel.dropped_links_count': '4294967295',
      'otlp.link.0': link,
      'otlp.link.1': 'not a link',
      mine: 'kept',
    };
    expect(translated({ timestamp: 1, tags })).toMatchObject({
      traceState: 'a=1',
      kind: 1,
      droppedAttributesCount: 1,
      droppedEventsCount: 2,
      droppedLinksCount: 4294967295,
      links: [
        {
          traceId: 'ab'.repeat(16),
          spanId: 'cd'.repeat(8),
          traceState: 'k=v',
          attributes: [
            { key: 'why', value: { stringValue: 'retry' } },
            { key: 'times', value: { intValue: '2' } },
          ],
          droppedAttributesCount: 3,
        },
      ],
      attributes: { 'otlp.link.1': 'not a link', mine: 'kept' },
    });
  });

  test('spans are grouped by resource and scope', () => {
    const span = (id: string, scope: string, extra: object = {}): object => ({
      traceId: '1',
      id,
      timestamp: 1,
      localEndpoint: { serviceName: 'web' },
      tags: {
        'otel.scope.name': scope,
        'otel.library.name': scope,
        'otel.scope.version': '1',
        'host.name': 'h',
        ...extra,
      },
    });
    const sdk = { 'telemetry.sdk.name': 'opentelemetry' };
    const { payload } = translateZipkinJson(
      jsonBytes([span('1', 'pg'), span('2', 'http'), span('3', 'pg'), span('4', 'pg', sdk)]),
    );
    const groups = readTraces(payload).resourceSpans.map(({ resource, scopeSpans }) => ({
      resource: plain(resource?.attributes),
      scopes: scopeSpans.map(({ scope, spans }) => [scope, spans.map(({ spanId }) => Number(spanId))]),
    }));
    expect(groups).toEqual([
      {
        resource: { 'service.name': 'web' },
        scopes: [
          [{ name: 'pg', version: '1' }, [1, 3]],
          [{ name: 'http', version: '1' }, [2]],
        ],
      },
      {
        resource: { 'service.name': 'web', 'host.name': 'h', ...sdk },
        scopes: [[{ name: 'pg', version: '1' }, [4]]],
      },
    ]);
  });

  test.each([
    ['"retry": {"attempt":2}', { name: 'retry', attributes: [{ key: 'attempt', value: { intValue: '2' } }] }],
    ['retry:{"ok":true}', { name: 'retry', attributes: [{ key: 'ok', value: { boolValue: true } }] }],
    ['{"retry": {"ratio": 0.5}}', { name: 'retry', attributes: [{ key: 'ratio', value: { doubleValue: 0.5 } }] }],
    [
      'retry|{"a":["b",null]}|7',
      {
        name: 'retry',
        attributes: [{ key: 'a', value: { arrayValue: { values: [{ stringValue: 'b' }, {}] } } }],
        droppedAttributesCount: 7,
      },
    ],
    ['retry|{}|0', { name: 'retry' }],
    ['plain text', { name: 'plain text' }],
    ['{"not": "attributes"}', { name: '{"not": "attributes"}' }],
    ['looks like: {it}', { name: 'looks like: {it}' }],
    [`deep: {"a":${'['.repeat(40)}${']'.repeat(40)}}`, { name: `deep: {"a":${'['.repeat(40)}${']'.repeat(40)}}` }],
  ])('the annotation %s is an event', (value, event) => {
    const annotations = [{ timestamp: start, value }];
    expect(translated({ timestamp: start, annotations }).events).toEqual([{ timeUnixNano: startNano, ...event }]);
  });
});
