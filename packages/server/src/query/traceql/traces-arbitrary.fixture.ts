/**
 * For tests: traces with few names, keys and values, so that queries find something, and with what real ones have too:
 * parents that never came, several roots, circles, ids and whole spans twice, clocks that go backwards. Floats are
 * halves and quarters, so that sums are exact in whatever order.
 */
import type { AnyValue, KeyValue, ResourceSpans, Span, SpanEvent, SpanLink, TracesData } from '@sightline/wire';
import fc, { type Arbitrary } from 'fast-check';

/** When the first span may start. */
export const firstStartUnixNano: bigint = 1_790_000_000_000_000_000n;

export const names: readonly string[] = ['GET /', 'POST /', 'query', ''];
export const services: readonly string[] = ['shop', 'db', 'cart'];
/** Most are the first. */
export const texts: readonly string[] = ['a', 'a', 'a', 'a', 'b', 'b', 'ab', '200', '', 'ä€😀', 'A\n"\\'];
export const smallInts: readonly bigint[] = [-2n, 0n, 1n, 2n, 3n, 200n];
export const smallFloats: readonly number[] = [-1.5, 0, 0.25, 1, 2.5, 200];
export const largeInts: readonly bigint[] = [
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
export const spanIds: readonly string[] = [1, 2, 3, 4, 5, 6].map((id) => id.toString(16).padStart(16, '0'));
export const traceIds: readonly string[] = ['1', '2', 'a3', 'b4'].map((id) => id.padStart(32, '0'));
const missingId = 'ffffffffffffffff';

const string: Arbitrary<AnyValue> = fc.constantFrom(...texts).map((stringValue) => ({ stringValue }));
const int: Arbitrary<AnyValue> = fc.constantFrom(...smallInts).map((value) => ({ intValue: String(value) }));
const float: Arbitrary<AnyValue> = fc
  .constantFrom(...smallFloats, 'NaN' as const)
  .map((doubleValue) => ({ doubleValue }));
const bool: Arbitrary<AnyValue> = fc.boolean().map((boolValue) => ({ boolValue }));
const number: Arbitrary<AnyValue> = fc.oneof(
  int,
  float.filter(({ doubleValue }) => doubleValue !== 'NaN'),
);
const largeInt: Arbitrary<AnyValue> = fc.constantFrom(...largeInts).map((value) => ({ intValue: String(value) }));
const array: Arbitrary<AnyValue> = fc
  .oneof(
    fc.array(string, { maxLength: 3 }),
    fc.array(int, { maxLength: 3 }),
    fc.array(fc.oneof(string, int, float, bool), { maxLength: 3 }),
  )
  .map((values) => ({ arrayValue: { values } }));
const opaque: Arbitrary<AnyValue> = fc.constantFrom<AnyValue>(
  {},
  { bytesValue: 'AQI=' },
  { kvlistValue: { values: [{ key: 'a', value: { stringValue: 'a' } }] } },
);

/** What the keys that `attributeKeys` names may hold. */
const valuesByKey: Readonly<Record<string, Arbitrary<AnyValue>>> = {
  text: string,
  number,
  large: largeInt,
  flag: bool,
  any: fc.oneof(string, int, float, bool, array, opaque),
  'two words, id': string,
};
export const attributeKeys: readonly string[] = Object.keys(valuesByKey);

const attribute: Arbitrary<KeyValue> = fc
  .constantFrom(...attributeKeys)
  .chain((key) => (valuesByKey[key] as Arbitrary<AnyValue>).map((value) => ({ key, value })));

const attributes = (maxLength: number): Arbitrary<KeyValue[]> =>
  fc.uniqueArray(attribute, { minLength: Math.floor(maxLength / 2), maxLength, selector: ({ key }) => key });

const event: Arbitrary<(start: bigint) => SpanEvent> = fc
  .record({
    offset: fc.constantFrom(-5n, 0n, 1n, 20n),
    name: fc.constantFrom('exception', 'log'),
    attributes: attributes(2),
  })
  .map(({ offset, ...rest }) => (start) => ({ timeUnixNano: String(start + offset), ...rest }));

const link: Arbitrary<SpanLink> = fc.record({
  traceId: fc.constantFrom(...traceIds),
  spanId: fc.constantFrom(...spanIds),
  attributes: attributes(1),
});

const span = (traceId: string): Arbitrary<Span> =>
  fc
    .record({
      spanId: fc.constantFrom(...spanIds),
      parentSpanId: fc.option(fc.constantFrom(...spanIds, ...spanIds, missingId), { nil: undefined }),
      name: fc.constantFrom(...names),
      kind: fc.constantFrom<Span['kind'][]>(undefined, 1, 2, 3, 4, 5),
      start: fc.bigInt({ min: 0n, max: 60n }).map((offset) => firstStartUnixNano + offset),
      length: fc.constantFrom(-7n, 0n, 1n, 8n, 10n, 250n, 3_000_000_000n),
      attributes: attributes(6),
      events: fc.array(event, { maxLength: 2 }),
      links: fc.array(link, { maxLength: 2 }),
      status: fc.constantFrom<Span['status'][]>(undefined, { code: 1 }, { code: 2 }, { code: 2, message: 'a' }),
    })
    .map(({ parentSpanId, kind, start, length, events, status, ...rest }) => ({
      traceId,
      ...rest,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      ...(kind === undefined ? {} : { kind }),
      startTimeUnixNano: String(start),
      endTimeUnixNano: String(start + length),
      events: events.map((make) => make(start)),
      ...(status === undefined ? {} : { status }),
    }));

const resourceSpans = (traceId: string): Arbitrary<ResourceSpans> =>
  fc
    .record({
      service: fc.option(fc.constantFrom(...services), { nil: undefined }),
      resource: attributes(4),
      scope: fc.record({
        name: fc.constantFrom('', 'http'),
        version: fc.constantFrom('', '1.0'),
        attributes: attributes(1),
      }),
      spans: fc.array(span(traceId), { minLength: 2, maxLength: 5 }),
      isSentTwice: fc.nat({ max: 9 }).map((value) => value === 0),
    })
    .map(({ service, resource, scope, spans, isSentTwice }) => ({
      resource: {
        attributes: [
          ...(service === undefined ? [] : [{ key: 'service.name', value: { stringValue: service } }]),
          ...resource,
        ],
      },
      scopeSpans: [{ scope, spans: isSentTwice ? [...spans, ...spans] : spans }],
    }));

/** Two to four traces of two to fifteen spans. Spans that share id, kind and start are equal in all else. */
export const tracesArbitrary: Arbitrary<TracesData> = fc
  .subarray([...traceIds], { minLength: 2 })
  .chain((ids) => fc.tuple(...ids.map((id) => fc.array(resourceSpans(id), { minLength: 1, maxLength: 3 }))))
  .map((traces) => ({ resourceSpans: traces.flatMap(withoutDoubles) }));

/** Of the spans that would be one for the store, but differ, the first stays. */
function withoutDoubles(resources: ResourceSpans[]): ResourceSpans[] {
  const seen = new Map<string, Span>();
  return resources.map((resource) => ({
    ...resource,
    scopeSpans: resource.scopeSpans.map((scope) => ({
      ...scope,
      spans: scope.spans.filter((candidate) => {
        const key = `${candidate.spanId} ${candidate.kind} ${candidate.startTimeUnixNano}`;
        const known = seen.get(key);
        seen.set(key, known ?? candidate);
        return known === undefined || known === candidate;
      }),
    })),
  }));
}
