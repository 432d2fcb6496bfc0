import { DecodeError, type KeyValue, type ResourceSpans, readTraces, type Span } from '@sightline/wire';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cpuMsOf } from './cpu-time.fixture.ts';
import { type BatchSpan, jaegerFormats, postSpansRequest, type Tags } from './jaeger-batch.fixture.ts';
import { translateJaegerProto } from './jaeger-proto.ts';
import type { Translation } from './translation.ts';

const traceIdHigh = 0xf000_0000_0000_0001n;
const traceIdLow = 0x8000_0000_0000_0002n;
const traceId = 'f0000000000000018000000000000002';
const signed = (id: bigint): bigint => BigInt.asIntN(64, id);

const good: BatchSpan = {
  traceIdHigh: signed(traceIdHigh),
  traceIdLow: signed(traceIdLow),
  spanId: 3n,
  operationName: 'work',
  startTime: 1_763_800_000_123_456n,
  duration: 789n,
};

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });
const refType = (type: string): KeyValue[] => [text('opentracing.ref_type', type)];

function resourcesOf(translation: Translation): ResourceSpans[] {
  return readTraces(translation.payload).resourceSpans;
}

function spansOf(translation: Translation): Span[] {
  return resourcesOf(translation).flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

describe.each(jaegerFormats)('$name', ({ write, translate, spans: path }) => {
  const translated = (...spans: BatchSpan[]): Translation => translate(write({ spans }));
  const spanOf = (span: BatchSpan): Span | undefined => spansOf(translated({ ...good, ...span }))[0];

  test('ids, name, times and the sampled bit', () => {
    expect(spanOf({ flags: 1, parentSpanId: 4n })).toEqual({
      traceId,
      spanId: '0000000000000003',
      parentSpanId: '0000000000000004',
      flags: 1,
      name: 'work',
      startTimeUnixNano: '1763800000123456000',
      endTimeUnixNano: '1763800000124245000',
    });
  });

  test('half a trace id has zeros in its upper half', () => {
    expect(spanOf({ traceIdHigh: 0n, traceIdLow: 0xabn })?.traceId).toBe('000000000000000000000000000000ab');
  });

  test('tags of each type, of spans, logs and processes', () => {
    const tags = { s: 'ü', b: false, i: -(2n ** 63n), d: 0.1, nan: Number.NaN, x: Uint8Array.of(0, 255) };
    const attributes = [
      text('s', 'ü'),
      { key: 'b', value: { boolValue: false } },
      { key: 'i', value: { intValue: '-9223372036854775808' } },
      { key: 'd', value: { doubleValue: 0.1 } },
      { key: 'nan', value: { doubleValue: 'NaN' } },
      { key: 'x', value: { bytesValue: 'AP8=' } },
    ];
    const span = { ...good, tags, logs: [{ timestamp: 1_763_800_000_123_500n, fields: { event: 'tick', ...tags } }] };
    const translation = translate(write({ process: { serviceName: 'shop', tags }, spans: [span] }));
    expect(resourcesOf(translation)[0]?.resource?.attributes).toEqual([text('service.name', 'shop'), ...attributes]);
    expect(spansOf(translation)[0]).toMatchObject({
      attributes,
      events: [{ timeUnixNano: '1763800000123500000', name: 'tick', attributes }],
    });
  });

  test.each<[string, Tags, Partial<Span>]>([
    ['span.kind', { 'span.kind': 'consumer' }, { kind: 5 }],
    ['another span.kind', { 'span.kind': 'SERVER' }, { attributes: [text('span.kind', 'SERVER')] }],
    ['error', { error: true }, { status: { code: 2 } }],
    ['no error', { error: false }, { attributes: [{ key: 'error', value: { boolValue: false } }] }],
    ['error as a text', { error: 'true' }, { status: { code: 2 }, attributes: [text('error', 'true')] }],
    ['what the error was', { error: 'timeout' }, { attributes: [text('error', 'timeout')] }],
    ['a status', { 'otel.status_code': 'OK' }, { status: { code: 1 } }],
    [
      'a status with its description',
      { 'otel.status_code': 'ERROR', 'otel.status_description': 'no such cart', error: true },
      { status: { code: 2, message: 'no such cart' } },
    ],
    ['the trace state', { 'w3c.tracestate': 'a=1' }, { traceState: 'a=1' }],
    [
      'counts of what was dropped',
      { 'otel.dropped_attributes_count': 1n, 'otel.dropped_events_count': 2, 'otel.dropped_links_count': 3n },
      { droppedAttributesCount: 1, droppedEventsCount: 2, droppedLinksCount: 3 },
    ],
  ])('tags that are fields of OTLP: %s', (_what, tags, fields) => {
    expect(spanOf({ tags })).toEqual({ ...spanOf({}), ...fields });
  });

  test('spans are grouped by their scope', () => {
    const scoped = { ...good, tags: { 'otel.scope.name': 'lib', 'otel.scope.version': '1' } };
    const [resource] = resourcesOf(translated(good, scoped, { ...scoped, spanId: 5n }));
    expect(resource?.scopeSpans).toMatchObject([
      { spans: [{ spanId: '0000000000000003' }] },
      { scope: { name: 'lib', version: '1' }, spans: [{}, { spanId: '0000000000000005' }] },
    ]);
    expect(resource?.scopeSpans[0]?.scope).toBeUndefined();
  });

  test('a log without an event is named by its message, and keeps it', () => {
    const logs = [
      { timestamp: 5n, fields: { message: 'hello', n: 1n } },
      { timestamp: 6n, fields: {} },
    ];
    expect(spanOf({ logs })?.events).toEqual([
      {
        timeUnixNano: '5000',
        name: 'hello',
        attributes: [text('message', 'hello'), { key: 'n', value: { intValue: '1' } }],
      },
      { timeUnixNano: '6000', name: '' },
    ]);
  });

  test('the parent comes from the first reference to the trace, CHILD_OF before FOLLOWS_FROM', () => {
    const inTrace = { traceIdHigh: signed(traceIdHigh), traceIdLow: signed(traceIdLow) };
    const references = [
      { refType: 0, traceIdLow: 9n, spanId: 9n },
      { ...inTrace, refType: 1, spanId: 7n },
      { ...inTrace, refType: 0, spanId: 6n },
    ];
    const elsewhere = {
      traceId: '00000000000000000000000000000009',
      spanId: '0000000000000009',
      attributes: refType('child_of'),
    };
    const follows = { traceId, spanId: '0000000000000007', attributes: refType('follows_from') };
    expect(spanOf({ references })).toMatchObject({
      parentSpanId: '0000000000000006',
      links: [elsewhere, follows],
    });
    expect(spanOf({ references: references.slice(0, 2) })).toMatchObject({
      parentSpanId: '0000000000000007',
      links: [elsewhere, follows],
    });
    const root = spanOf({ references: references.slice(0, 1) });
    expect(root?.parentSpanId).toBeUndefined();
    expect(root?.links).toEqual([elsewhere]);
  });

  test('flags that OTLP does not have are kept as an attribute', () => {
    expect(spanOf({ flags: 3 })).toMatchObject({
      flags: 1,
      attributes: [{ key: 'jaeger.flags', value: { intValue: '3' } }],
    });
  });

  test('a process without a name has no service.name', () => {
    const translation = translate(write({ process: { serviceName: '', tags: { a: 'b' } }, spans: [good] }));
    expect(resourcesOf(translation)[0]?.resource?.attributes).toEqual([text('a', 'b')]);
  });

  test('a batch may be empty', () => {
    expect(translate(write({ spans: [] }))).toMatchObject({ spanCount: 0, refusedCount: 0 });
  });

  const bad: [string, BatchSpan, string][] = [
    ['no trace id', { traceIdHigh: 0n, traceIdLow: 0n }, 'traceId is all zeros'],
    ['no id', { spanId: 0n }, 'spanId is all zeros'],
    ['a time before 1970', { startTime: -1n }, `${path}[1]: startTime lies before 1970`],
    ['a time after 2554', { startTime: 2n ** 62n }, `${path}[1]: startTime lies after the year 2554`],
    ['a duration to before 1970', { duration: -(2n ** 53n) }, `${path}[1]: startTime + duration lies before 1970`],
    ['a log before 1970', { logs: [{ timestamp: -5n, fields: {} }] }, `${path}[1]: logs[0].timestamp lies before 1970`],
  ];
  test.each(bad)('a span with %s is refused, and the others are kept', (_what, fault, reason) => {
    const translation = translated(good, { ...good, ...fault }, { ...good, spanId: 5n });
    expect(translation).toMatchObject({ spanCount: 2, refusedCount: 1 });
    expect(translation.firstRefusal).toContain(reason);
  });

  test('times after 2200 are kept', () => {
    expect(spanOf({ startTime: 7_258_118_400_000_001n })?.startTimeUnixNano).toBe('7258118400000001000');
  });

  const tagValue = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.double().filter((value) => !Object.is(value, -0)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.uint8Array({ maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
  );
  const anyTags: Arbitrary<Tags> = fc.dictionary(fc.stringMatching(/^t[a-z.]{0,8}$/), tagValue, { maxKeys: 5 });
  const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
  const micros = fc.bigInt({ min: 0n, max: 9n * 10n ** 15n });
  const anySpan: Arbitrary<BatchSpan> = fc.record({
    traceIdHigh: id,
    traceIdLow: id,
    spanId: id,
    parentSpanId: id,
    operationName: fc.string({ unit: 'grapheme' }),
    flags: fc.constantFrom(0, 1),
    startTime: micros,
    duration: micros,
    tags: anyTags,
    logs: fc.array(fc.record({ timestamp: micros, fields: anyTags }), { maxLength: 3 }),
  });

  test('any batch is kept, every field of it', () =>
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 5 }), (spans) => {
        expect(spansOf(translated(...spans))).toEqual(spans.map(expectedSpan));
      }),
    ));
});

const large: [string, Tags][] = [
  ['a tag of 10 MB', { text: 'x'.repeat(10 * 1024 * 1024) }],
  ['100,000 tags', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`tag.${i}`, BigInt(i)]))],
];

/** The others read and write as one of these two does. */
const twoFormats = jaegerFormats.filter(({ name }) => name === 'Thrift compact' || name === 'protobuf');

test.each(large.flatMap(([what, tags]) => twoFormats.map((format) => [what, format.name, tags, format] as const)))(
  '%s in %s, in less than a second',
  (_what, _name, tags, { write, translate }) => {
    const bytes = write({ spans: [{ ...good, tags }] });
    const translation = translate(bytes);
    expect(spansOf(translation)[0]?.attributes).toHaveLength(Object.keys(tags).length);
    expect(cpuMsOf(() => translate(bytes))).toBeLessThan(1000);
  },
);

/** The mapping once more, for spans without tags that mean anything. */
function expectedSpan(span: BatchSpan): Span {
  const { tags = {}, logs = [], startTime = 0n, duration = 0n } = span;
  const events = logs.map(({ timestamp, fields }) => ({
    timeUnixNano: String(timestamp * 1000n),
    name: '',
    ...orNone('attributes', attributesOf(fields)),
  }));
  return {
    traceId: hex(span.traceIdHigh) + hex(span.traceIdLow),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    ...(span.flags ? { flags: span.flags } : {}),
    name: span.operationName ?? '',
    startTimeUnixNano: String(startTime * 1000n),
    endTimeUnixNano: String((startTime + duration) * 1000n),
    ...orNone('attributes', attributesOf(tags)),
    ...orNone('events', events),
  };
}

function orNone<Name extends string, Item>(name: Name, items: Item[]): Partial<Record<Name, Item[]>> {
  return items.length > 0 ? ({ [name]: items } as Record<Name, Item[]>) : {};
}

function attributesOf(tags: Tags): KeyValue[] {
  return Object.entries(tags).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } };
    if (typeof value === 'boolean') return { key, value: { boolValue: value } };
    if (typeof value === 'bigint') return { key, value: { intValue: String(value) } };
    if (typeof value === 'number') {
      return { key, value: { doubleValue: Number.isFinite(value) ? value : (String(value) as 'NaN') } };
    }
    return { key, value: { bytesValue: Buffer.from(value).toString('base64') } };
  });
}

function hex(id = 0n): string {
  return id.toString(16).padStart(16, '0');
}

describe('protobuf alone', () => {
  const span = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2), operationName: 'work' };

  test('the process of a span goes before that of its batch', () => {
    const own = { serviceName: 'own', tags: [] };
    const translation = translateJaegerProto(
      postSpansRequest({
        batch: {
          process: { serviceName: 'shared' },
          spans: [span, { ...span, process: own }, { ...span, process: own }],
        },
      }),
    );
    expect(resourcesOf(translation)).toMatchObject([
      { resource: { attributes: [text('service.name', 'shared')] }, scopeSpans: [{ spans: [{}] }] },
      { resource: { attributes: [text('service.name', 'own')] }, scopeSpans: [{ spans: [{}, {}] }] },
    ]);
  });

  test('warnings become the attribute that Jaeger 2 keeps them in', () => {
    const translation = translateJaegerProto(
      postSpansRequest({ batch: { spans: [{ ...span, warnings: ['a', 'b'] }] } }),
    );
    expect(spansOf(translation)[0]?.attributes).toEqual([
      { key: '@jaeger@warnings', value: { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } } },
    ]);
  });

  test('nanoseconds are kept', () => {
    const startTime = { seconds: 1_763_800_000, nanos: 123_456_789 };
    const [kept] = spansOf(
      translateJaegerProto(postSpansRequest({ batch: { spans: [{ ...span, startTime, duration: { nanos: 1 } }] } })),
    );
    expect(kept).toMatchObject({
      startTimeUnixNano: '1763800000123456789',
      endTimeUnixNano: '1763800000123456790',
    });
  });

  test.each([
    ['a trace id of 8 bytes, which is half of one', { traceId: Buffer.alloc(8, 1) }, undefined],
    ['a trace id of 3 bytes', { traceId: Buffer.alloc(3, 1) }, 'traceId has 3 bytes, not 16'],
    ['an id of 9 bytes', { spanId: Buffer.alloc(9, 1) }, 'spanId has 9 bytes, not 8'],
    ['no id', { spanId: Buffer.alloc(0) }, 'spanId is missing'],
    [
      'a reference with half an id',
      { references: [{ traceId: span.traceId, spanId: Buffer.alloc(4, 1) }] },
      'parentSpanId has 4 bytes, not 8',
    ],
  ])('%s', (_what, change, reason) => {
    const translation = translateJaegerProto(postSpansRequest({ batch: { spans: [span, { ...span, ...change }] } }));
    if (reason === undefined) expect(translation).toMatchObject({ spanCount: 2, refusedCount: 0 });
    else {
      expect(translation).toMatchObject({ spanCount: 1, refusedCount: 1 });
      expect(translation.firstRefusal).toContain(reason);
    }
  });

  test('bytes that are wrong are refused with offset and path', () => {
    const bytes = postSpansRequest({ batch: { spans: [span] } });
    const cut = Buffer.from(bytes);
    cut[cut.indexOf('work') - 1] = 99;
    expect(() => translateJaegerProto(cut)).toThrow(
      /^batch\.spans\[0\]\.operationName: a length of 99 bytes, where 4 are left/,
    );
  });

  test('millions of empty messages are refused before they cost memory', () => {
    const spans = Buffer.alloc(4_000_000, Buffer.of(0x0a, 0));
    const head = Buffer.of(0x0a, ...varint(spans.length));
    expect(() => translateJaegerProto(Buffer.concat([head, spans]))).toThrow(
      'more than 250000 messages: send fewer spans at once',
    );
  });

  test('whatever the bytes are, they are translated or refused', () => {
    const bytes = postSpansRequest({
      batch: { process: { serviceName: 'shop' }, spans: [{ ...span, logs: [{ timestamp: { seconds: 5 } }] }] },
    });
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(3));
    fc.assert(
      fc.property(change, ([at, byte, lost]) => {
        const changed = Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), bytes.subarray(at + lost)]);
        try {
          translateJaegerProto(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}
