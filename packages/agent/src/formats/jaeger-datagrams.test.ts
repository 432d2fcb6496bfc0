import { readTraces, type TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import { richBatch } from '../../testing/format-sender.ts';
import { decodeEmitBatch, type ThriftStruct } from '../../testing/jaeger-decoder.ts';
import { jaegerDatagrams } from './jaeger-datagrams.ts';

const maxBytes = 65_000;

function translate(traces: TracesData, limit = maxBytes): { batches: ThriftStruct[]; omittedSpans: number } {
  const { body, omittedSpans } = jaegerDatagrams(traces, limit);
  for (const datagram of body) expect(datagram.length).toBeLessThanOrEqual(limit);
  return { batches: body.map((datagram) => decodeEmitBatch(Buffer.from(datagram))), omittedSpans };
}

test('every field of a span has its place', () => {
  const { batches } = translate(readTraces(Buffer.concat(richBatch().parts)));
  expect(batches).toEqual([
    {
      process: { serviceName: 'Shop', tags: [{ key: 'process.pid', vType: 3, vLong: 42n }] },
      spans: [
        {
          traceIdLow: signed('a448eb211c80319c'),
          traceIdHigh: signed('8af7651916cd43dd'),
          spanId: expect.any(BigInt),
          parentSpanId: signed('b7ad6b7169203331'),
          operationName: 'POST /orders',
          references: [
            {
              refType: 1,
              traceIdLow: signed('8448eb211c80319d'),
              traceIdHigh: signed('0af7651916cd43dd'),
              spanId: signed('00f067aa0ba902b7'),
            },
          ],
          flags: 1,
          startTime: 1_700_000_000_000_250n,
          duration: 1_500_250n,
          tags: [
            { key: 'text', vType: 0, vStr: 'grün' },
            { key: 'server.address', vType: 0, vStr: '10.0.0.7' },
            { key: 'server.port', vType: 3, vLong: 8_080n },
            { key: 'large', vType: 3, vLong: 9_007_199_254_740_991n },
            { key: 'negative', vType: 3, vLong: -5n },
            { key: 'ratio', vType: 1, vDouble: 0.25 },
            { key: 'flag', vType: 2, vBool: true },
            { key: 'list', vType: 0, vStr: '["a","b"]' },
            { key: 'span.kind', vType: 0, vStr: 'client' },
            { key: 'otel.scope.name', vType: 0, vStr: '@shop/orders' },
            { key: 'otel.scope.version', vType: 0, vStr: '1.2.3' },
            { key: 'otel.library.name', vType: 0, vStr: '@shop/orders' },
            { key: 'otel.library.version', vType: 0, vStr: '1.2.3' },
            { key: 'w3c.tracestate', vType: 0, vStr: 'vendor=x' },
            { key: 'otel.status_code', vType: 0, vStr: 'ERROR' },
            { key: 'otel.status_description', vType: 0, vStr: 'no stock' },
            { key: 'error', vType: 2, vBool: true },
          ],
          logs: [
            {
              timestamp: 1_700_000_000_005_000n,
              fields: [
                { key: 'event', vType: 0, vStr: 'retry' },
                { key: 'attempt', vType: 3, vLong: 1n },
              ],
            },
          ],
        },
      ],
    },
  ]);
});

function signed(hex: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hex}`));
}

test('any spans arrive in order, in datagrams of the size, or are counted as too large', () => {
  fc.assert(
    fc.property(anyTraces, fc.integer({ min: 200, max: 3_000 }), (traces, limit) => {
      const { batches, omittedSpans } = translate(traces, limit);
      const ids = batches.flatMap(({ spans }) => (spans as ThriftStruct[]).map(({ spanId }) => spanId));
      const wanted = spansOf(traces).map(({ spanId }) => signed(spanId));
      expect(ids.length + omittedSpans).toBe(wanted.length);
      expect(ids).toEqual(omittedSpans === 0 ? wanted : wanted.filter((id) => ids.includes(id)));
    }),
    { numRuns: 40 },
  );
});

function spansOf({ resourceSpans }: TracesData) {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

test('many spans fill few datagrams; one that is too large alone is left out', () => {
  const [span] = spansOf(readTraces(Buffer.concat(richBatch().parts)));
  if (span === undefined) throw new Error('no span');
  const large = { ...span, name: 'x'.repeat(maxBytes) };
  const spans = [...Array.from({ length: 1_000 }, () => span), large];
  const { batches, omittedSpans } = translate({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
  expect(omittedSpans).toBe(1);
  expect(batches.length).toBeLessThan(10);
  expect(batches.flatMap(({ spans }) => spans)).toHaveLength(1_000);
  expect(batches[0]?.process).toEqual({ serviceName: 'unknown_service', tags: [] });
});

test('an event’s own attribute `event` stands above its name, and a link may be a parent', () => {
  const [span] = spansOf(readTraces(Buffer.concat(richBatch().parts)));
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const changed = {
    ...(span as NonNullable<typeof span>),
    events: [{ timeUnixNano: '0', name: 'name', attributes: [attribute('event', 'own')], droppedAttributesCount: 2 }],
    links: [
      { traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), attributes: [attribute('opentracing.ref_type', 'child_of')] },
    ],
  };
  const { batches } = translate({ resourceSpans: [{ scopeSpans: [{ spans: [changed] }] }] });
  const [{ logs, references } = {}] = (batches[0]?.spans ?? []) as ThriftStruct[];
  expect(logs).toMatchObject([
    {
      fields: [
        { key: 'event', vStr: 'own' },
        { key: 'otel.dropped_attributes_count', vLong: 2n },
      ],
    },
  ]);
  expect(references).toEqual([{ refType: 0, traceIdLow: -1n, traceIdHigh: -1n, spanId: -1n }]);
});
