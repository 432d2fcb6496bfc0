import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeTraces, receivedSpans, toRecord } from '../../testing/otlp-decoder.ts';
import type { AttributeList, AttributeValue } from '../tracer/attributes.ts';
import { collectSpans } from '../tracer/collect-spans.ts';
import { rootContext } from '../tracer/context.ts';
import { extract } from '../tracer/propagation.ts';
import type { Scope, Span } from '../tracer/span.ts';
import { Tracer } from '../tracer/tracer.ts';
import type { Batch } from './batch.ts';
import { SpanBuffer } from './span-buffer.ts';

const scope: Scope = { name: '@sightline/test', version: '1.2.3' };
const resource: AttributeList = ['service.name', 'shop', 'process.pid', 42];

/** The one span that the work below makes. */
function record(work: (span: Span) => void, parent = rootContext, of = scope): Span {
  const spans = collectSpans();
  const span = new Tracer(of).startSpan('GET /users/:id', 2, parent, 1_700_000_000_000.25) as Span;
  work(span);
  span.end(1_700_000_001_500.5);
  return spans[0] as Span;
}

function encode(...spans: Span[]): Batch {
  const buffer = new SpanBuffer(() => resource);
  for (const span of spans) buffer.add(span);
  return buffer.take() as Batch;
}

function bytesOf(batch: Batch | undefined): Buffer {
  const bytes = Buffer.concat(batch?.parts ?? []);
  expect(bytes.length).toBe(batch?.sizeBytes);
  return bytes;
}

/** UTF-8 has no half surrogate pairs. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** The model: what a value is once it has gone through OTLP. */
function asReceived(value: AttributeValue): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string') return wellFormed(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(asReceived);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, nested]) => [key, asReceived(nested)]));
}

test('every field of a span arrives', () => {
  const parent = extract({
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
    tracestate: 'vendor=x',
  });
  const span = record((span) => {
    span.setAttributes({ 'http.route': '/users/:id', 'http.response.status_code': 500, ratio: 0.25, on: true });
    span.addEvent('retry', { attempt: 1 }, [1_700_000_000, 5]);
    span.addLink({
      context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true },
      attributes: { kind: 'cause' },
    });
    span.links = span.links?.map((link) => ({ ...link, droppedAttributes: 3 }));
    span.setStatus({ code: 2, message: 'no such user' });
    span.droppedAttributes = 1;
    span.droppedEvents = 200;
    span.droppedLinks = 70_000;
  }, parent);

  const [received] = receivedSpans(bytesOf(encode(span)));
  expect(received).toMatchObject({
    name: 'GET /users/:id',
    kind: 2,
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: span.spanContext().spanId,
    parentSpanId: 'b7ad6b7169203331',
    scope: '@sightline/test',
    attributes: { 'http.route': '/users/:id', 'http.response.status_code': 500n, ratio: 0.25, on: true },
    resource: { 'service.name': 'shop', 'process.pid': 42n },
    otlp: {
      traceState: 'vendor=x',
      flags: 0x303,
      startTimeUnixNano: '1700000000000250000',
      endTimeUnixNano: '1700000001500500000',
      status: { code: 2, message: 'no such user' },
      droppedAttributesCount: 1,
      droppedEventsCount: 200,
      droppedLinksCount: 70_000,
      events: [{ timeUnixNano: '1700000000000000005', name: 'retry', attributes: [{ key: 'attempt' }] }],
      links: [
        {
          traceId: Buffer.from('a'.repeat(32), 'hex').toString('base64'),
          spanId: Buffer.from('b'.repeat(16), 'hex').toString('base64'),
          droppedAttributesCount: 3,
          flags: 0x301,
        },
      ],
    },
  });
});

test('a root span has no parent, no trace state and no status', () => {
  const [received] = receivedSpans(bytesOf(encode(record(() => {}))));
  expect(received?.parentSpanId).toBe('');
  expect(received?.otlp).not.toHaveProperty('traceState');
  expect(received?.otlp).not.toHaveProperty('status');
});

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ minLength: 60, maxLength: 400 }),
);
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double());
const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 200 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ minLength: 1 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test('attributes of every type, text and size arrive as they were set', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(text, value), { selector: ([key]) => wellFormed(key), maxLength: 6 }),
      (pairs) => {
        const span = record(() => {});
        span.attributes = pairs.flat() as AttributeList;
        const [received] = receivedSpans(bytesOf(encode(span)));
        const wanted = pairs.map(([key, value]) => [wellFormed(key), asReceived(value)]);
        expect(new Map(Object.entries(received?.attributes ?? {}))).toEqual(
          new Map(Object.entries(Object.fromEntries(wanted))),
        );
      },
    ),
  );
});

test.each([0, 1, 42, 43, 64, 65, 126, 127, 128, 129, 16_300, 16_383, 16_384, 16_500, 100_000])(
  'names and values of %i characters arrive, ASCII or not',
  (length) => {
    for (const letter of ['x', 'ü', '語', '😀']) {
      const span = record((span) => span.setAttribute('k', letter.repeat(length)).updateName(letter.repeat(length)));
      const [received] = receivedSpans(bytesOf(encode(span)));
      expect(received?.attributes.k).toBe(letter.repeat(length));
      expect(received?.name).toBe(letter.repeat(length));
    }
  },
);

test('spans are grouped by scope, in the order of their ends', () => {
  const other: Scope = { name: 'other', version: '', schemaUrl: 'https://opentelemetry.io/schemas/1.40.0' };
  const spans = [scope, other, scope].map((of, i) => record((span) => span.updateName(`span ${i}`), rootContext, of));
  const { resourceSpans } = decodeTraces(bytesOf(encode(...spans)));
  expect(resourceSpans).toHaveLength(1);
  expect(toRecord(resourceSpans[0]?.resource?.attributes ?? [])).toEqual({
    'service.name': 'shop',
    'process.pid': 42n,
  });
  expect(resourceSpans[0]?.scopeSpans).toMatchObject([
    { scope: { name: '@sightline/test', version: '1.2.3' }, spans: [{ name: 'span 0' }, { name: 'span 2' }] },
    { scope: { name: 'other' }, spans: [{ name: 'span 1' }], schemaUrl: 'https://opentelemetry.io/schemas/1.40.0' },
  ]);
});

test('a batch holds what came since the last one, and two of them are one body', () => {
  const buffer = new SpanBuffer(() => resource);
  const add = (name: string): void => buffer.add(record((span) => span.updateName(name)));
  add('first');
  const first = buffer.take();
  expect(buffer.take()).toBeUndefined();
  add('second');
  add('third');
  const second = buffer.take();
  expect([first?.spanCount, second?.spanCount, buffer.spanCount, buffer.sizeBytes]).toEqual([1, 2, 0, 0]);
  const both = Buffer.concat([bytesOf(first), bytesOf(second)]);
  expect(receivedSpans(both).map(({ name }) => name)).toEqual(['first', 'second', 'third']);
});

test('a span that cannot be encoded leaves the others whole', () => {
  const buffer = new SpanBuffer(() => resource);
  buffer.add(record((span) => span.updateName('before')));
  const broken = record(() => {});
  const value = {
    get broken(): string {
      throw new Error('no value');
    },
  };
  broken.attributes = ['key', value];
  expect(() => buffer.add(broken)).toThrow();
  buffer.add(record((span) => span.updateName('after')));
  expect(receivedSpans(bytesOf(buffer.take())).map(({ name }) => name)).toEqual(['before', 'after']);
});

test('a tracer for each request does not fill the memory', () => {
  const buffer = new SpanBuffer(() => resource);
  for (let i = 0; i < 200; i++) buffer.add(record(() => {}, rootContext, { name: `scope ${i}`, version: '' }));
  expect(receivedSpans(bytesOf(buffer.take()))).toHaveLength(200);
  buffer.add(record(() => {}));
  expect(receivedSpans(bytesOf(buffer.take()))).toMatchObject([{ scope: '@sightline/test' }]);
});
