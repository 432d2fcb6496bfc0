import { readFileSync } from 'node:fs';
import { DecodeError, type KeyValue, readTraces, type Span, type TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translateJaegerThrift, translateJaegerThriftMessage } from './jaeger-thrift.ts';
import type { Translate, Translation } from './translation.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}.bin`, import.meta.url));

const captured: [name: string, Translate][] = [
  ['jaeger-python-compact', translateJaegerThriftMessage],
  ['otel-python-compact', translateJaegerThriftMessage],
  ['jaeger-node-binary', translateJaegerThriftMessage],
  ['jaeger-node-http', translateJaegerThrift],
  ['otel-node-binary', translateJaegerThriftMessage],
];

const tracesOf = ({ payload }: Translation): TracesData => readTraces(payload);
const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

function spansByName(translation: Translation): Record<string, Span> {
  const scopeSpans = tracesOf(translation).resourceSpans.flatMap((resourceSpans) => resourceSpans.scopeSpans);
  return Object.fromEntries(scopeSpans.flatMap(({ spans }) => spans).map((span) => [span.name, span]));
}

test('the Python client of Jaeger, over UDP', () => {
  const translation = translateJaegerThriftMessage(fixture('jaeger-python-compact'));
  expect(translation).toMatchObject({ spanCount: 2, refusedCount: 0 });
  expect(tracesOf(translation).resourceSpans[0]?.resource?.attributes).toEqual([
    text('service.name', 'stock'),
    text('jaeger.version', 'Python-4.8.0'),
    text('region', 'eu'),
    text('ip', expect.any(String)),
    text('hostname', 'stock-1'),
  ]);
  const { reserve, lock } = spansByName(translation);
  expect(reserve).toEqual({
    traceId: expect.stringMatching(/^0{16}[0-9a-f]{16}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    flags: 1,
    name: 'reserve',
    kind: 2,
    startTimeUnixNano: '1763800000500000000',
    endTimeUnixNano: '1763800000503999000',
    attributes: [
      { key: 'items', value: { intValue: '3' } },
      { key: 'weight', value: { doubleValue: 1.5 } },
      text('sampler.type', 'const'),
      { key: 'sampler.param', value: { boolValue: true } },
      { key: 'express', value: { boolValue: true } },
    ],
    events: [
      {
        timeUnixNano: '1763800000501000000',
        name: 'retry',
        attributes: [{ key: 'attempt', value: { intValue: '2' } }],
      },
    ],
  });
  expect(lock).toEqual({
    traceId: reserve?.traceId,
    spanId: expect.any(String),
    parentSpanId: reserve?.spanId,
    flags: 1,
    name: 'lock',
    startTimeUnixNano: '1763800000502000000',
    endTimeUnixNano: '1763800000502999000',
    status: { code: 2 },
  });
});

test.each(['otel-python-compact', 'otel-node-binary'])('OpenTelemetry by its Jaeger exporter: %s', (name) => {
  const translation = translateJaegerThriftMessage(fixture(name));
  expect(tracesOf(translation).resourceSpans).toMatchObject([
    {
      resource: { attributes: [text('service.name', 'checkout')] },
      scopeSpans: [{ scope: { name: 'capture', version: '2.1.0' }, spans: [{}, {}] }],
    },
  ]);
  const { 'GET /cart/:id': root, 'SELECT cart': child } = spansByName(translation);
  expect(root).toMatchObject({
    kind: 2,
    status: { code: 2, message: 'no such cart' },
    events: [
      {
        name: 'exception',
        attributes: [
          text('exception.type', 'KeyError'),
          ...(name === 'otel-python-compact' ? [text('message', 'exception')] : []),
        ],
      },
    ],
    links: [
      {
        traceId: 'ab'.repeat(16),
        spanId: 'cd'.repeat(8),
        attributes: [text('opentracing.ref_type', 'follows_from')],
      },
    ],
  });
  expect(root?.parentSpanId).toBeUndefined();
  expect(root?.attributes?.map(({ key }) => key)).not.toContain('otel.library.name');
  expect(child).toMatchObject({ kind: 3, parentSpanId: root?.spanId, traceId: root?.traceId });
});

test.each(['jaeger-node-binary', 'jaeger-node-http'])('the Node client of Jaeger: %s', (name) => {
  const translate = name === 'jaeger-node-http' ? translateJaegerThrift : translateJaegerThriftMessage;
  const { reserve, lock } = spansByName(translate(fixture(name)));
  expect(reserve).toMatchObject({
    kind: 2,
    startTimeUnixNano: '1763800000123000000',
    endTimeUnixNano: '1763800000127500000',
    events: [{ timeUnixNano: '1763800000124000000', name: 'retry' }],
  });
  expect(reserve?.traceId).not.toMatch(/^0{16}/);
  expect(reserve?.attributes).toContainEqual({ key: 'payload', value: { bytesValue: 'AP8=' } });
  expect(lock).toMatchObject({ parentSpanId: reserve?.spanId, status: { code: 2 } });
});

describe.each(captured)('%s', (name, translate) => {
  const bytes = fixture(name);

  test('is translated or refused, never anything else, whatever bit is flipped', () => {
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      expectSound(translate, changed);
    }
  });

  test('is refused wherever it ends too early', () => {
    for (let end = 0; end < bytes.length; end++) {
      expect(() => translate(bytes.subarray(0, end)), `${end} bytes`).toThrow(DecodeError);
    }
  });

  test('is translated or refused when parts of it are lost, doubled or replaced', () => {
    const part = fc.tuple(fc.nat(bytes.length), fc.nat(40), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(part, ([at, lost, put]) => {
        expectSound(translate, Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + lost)]));
      }),
      { numRuns: 500 },
    );
  });
});

/** A payload that can be read and holds as many spans as it says, or a DecodeError that says where. */
function expectSound(translate: Translate, bytes: Uint8Array): void {
  let translation: Translation;
  try {
    translation = translate(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).byteOffset).toBeLessThanOrEqual(bytes.length);
    return;
  }
  const { spanCount, refusedCount } = translation;
  const spans = tracesOf(translation).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((of) => of.spans));
  expect(spans.length).toBeGreaterThanOrEqual(spanCount);
  expect(spans.length).toBeLessThanOrEqual(spanCount + refusedCount);
}
