/** For tests: any OTLP request, in the form in which `readTraces` gives it (defaults left out, keys unique). */
import fc, { type Arbitrary } from 'fast-check';
import type { AnyValue, KeyValue, ResourceSpans, ScopeSpans, Span, SpanEvent, SpanLink, TracesData } from './otlp.ts';

const text: Arbitrary<string> = fc.string({ unit: 'binary', maxLength: 20 });
const someText: Arbitrary<string> = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const int64: Arbitrary<string> = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const uint64: Arbitrary<string> = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const count: Arbitrary<number> = fc.integer({ min: 1, max: 0xffff_ffff });
const idOf = (bytes: number): Arbitrary<string> =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .filter((id) => id.some((byte) => byte !== 0))
    .map((id) => Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join(''));

const base64: Arbitrary<string> = fc.uint8Array({ maxLength: 12 }).map((bytes) => btoa(String.fromCharCode(...bytes)));

const double: Arbitrary<NonNullable<AnyValue['doubleValue']>> = fc
  .double()
  .filter((value) => !Object.is(value, -0))
  .map((value) => (Number.isFinite(value) ? value : (String(value) as 'NaN' | 'Infinity' | '-Infinity')));

const { anyValue } = fc.letrec<{ anyValue: AnyValue; keyValue: KeyValue }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record<AnyValue>({ stringValue: text }),
    fc.record<AnyValue>({ boolValue: fc.boolean() }),
    fc.record<AnyValue>({ intValue: int64 }),
    fc.record<AnyValue>({ doubleValue: double }),
    fc.record<AnyValue>({ bytesValue: base64 }),
    fc.constant<AnyValue>({}),
    fc.record<AnyValue>({ arrayValue: fc.record({ values: fc.array(tie('anyValue'), { maxLength: 3 }) }) }),
    fc.record<AnyValue>({ kvlistValue: fc.record({ values: fc.array(tie('keyValue'), { maxLength: 3 }) }) }),
  ),
  keyValue: fc.record<KeyValue>({ key: text, value: tie('anyValue') }),
}));

const attributeList = (minLength: number): Arbitrary<KeyValue[]> =>
  fc.uniqueArray(fc.record<KeyValue>({ key: text, value: anyValue }), {
    minLength,
    maxLength: 6,
    selector: (attribute) => attribute.key,
  });

const event: Arbitrary<SpanEvent> = fc.record(
  { timeUnixNano: uint64, name: text, attributes: attributeList(1), droppedAttributesCount: count },
  { requiredKeys: ['timeUnixNano', 'name'] },
);

const link: Arbitrary<SpanLink> = fc.record(
  {
    traceId: idOf(16),
    spanId: idOf(8),
    traceState: someText,
    attributes: attributeList(1),
    droppedAttributesCount: count,
    flags: count,
  },
  { requiredKeys: ['traceId', 'spanId'] },
);

const span: Arbitrary<Span> = fc.record(
  {
    traceId: idOf(16),
    spanId: idOf(8),
    traceState: someText,
    parentSpanId: idOf(8),
    flags: count,
    name: text,
    kind: fc.constantFrom(1, 2, 3, 4, 5),
    startTimeUnixNano: uint64,
    endTimeUnixNano: uint64,
    attributes: attributeList(1),
    droppedAttributesCount: count,
    events: fc.array(event, { minLength: 1, maxLength: 3 }),
    droppedEventsCount: count,
    links: fc.array(link, { minLength: 1, maxLength: 3 }),
    droppedLinksCount: count,
    status: fc.oneof(
      fc.record({ code: fc.constantFrom(1 as const, 2 as const) }),
      fc.record({ message: someText, code: fc.constantFrom(1 as const, 2 as const) }),
    ),
  },
  { requiredKeys: ['traceId', 'spanId', 'name', 'startTimeUnixNano', 'endTimeUnixNano'] },
) as Arbitrary<Span>;

const scopeSpans: Arbitrary<ScopeSpans> = fc.record(
  {
    scope: fc.record(
      { name: someText, version: someText, attributes: attributeList(1), droppedAttributesCount: count },
      { requiredKeys: ['name'] },
    ),
    spans: fc.array(span, { minLength: 1, maxLength: 4 }),
    schemaUrl: someText,
  },
  { requiredKeys: ['spans'] },
);

const resourceSpans: Arbitrary<ResourceSpans> = fc.record(
  {
    resource: fc.record(
      { attributes: attributeList(0), droppedAttributesCount: count },
      { requiredKeys: ['attributes'] },
    ),
    scopeSpans: fc.array(scopeSpans, { minLength: 1, maxLength: 3 }),
    schemaUrl: someText,
  },
  { requiredKeys: ['scopeSpans'] },
);

export const anyTraces: Arbitrary<TracesData> = fc.record({
  resourceSpans: fc.array(resourceSpans, { maxLength: 3 }),
});
