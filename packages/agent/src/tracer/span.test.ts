import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { attributeMap, collectSpans, plainSpan } from './collect-spans.ts';
import { rootContext } from './context.ts';
import type { SpanLimits } from './settings.ts';
import { Span } from './span.ts';
import { Tracer } from './tracer.ts';

const tracer = new Tracer({ name: 'test', version: '1' });
let ended: Span[] = [];
beforeEach(() => {
  ended = collectSpans();
});

function started(): Span {
  const span = tracer.startSpan('op', 1, rootContext);
  if (!(span instanceof Span)) throw new Error('not recording');
  return span;
}

function startedWith(limits: Partial<SpanLimits>): Span {
  ended = collectSpans({ limits });
  return started();
}

const remote = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

test('a span is handed over once, when it ends', () => {
  const span = started();
  expect(span.isRecording()).toBe(true);
  expect(ended).toEqual([]);
  span.end();
  expect(span.isRecording()).toBe(false);
  span.end();
  expect(ended).toEqual([span]);
});

test('every method but end gives the span back', () => {
  const span = started();
  expect(span.setAttribute('a', 1)).toBe(span);
  expect(span.setAttributes({ a: 1 })).toBe(span);
  expect(span.addEvent('e')).toBe(span);
  expect(span.addLink({ context: remote })).toBe(span);
  expect(span.addLinks([])).toBe(span);
  expect(span.setStatus({ code: 2 })).toBe(span);
  expect(span.updateName('n')).toBe(span);
  expect(span.recordException('x')).toBeUndefined();
});

test('nothing changes a span after its end', () => {
  const span = started();
  span.end([1_700_000_000, 0]);
  const before = JSON.stringify(span);
  span.setAttribute('a', 1).setAttributes({ b: 2 }).addEvent('e').addLink({ context: remote });
  span
    .addLinks([{ context: remote }])
    .setStatus({ code: 2, message: 'm' })
    .updateName('n');
  span.recordException(new Error('late'));
  span.end([1_800_000_000, 0]);
  expect(JSON.stringify(span)).toBe(before);
});

test('attributes are kept in the order of their first setting, the last value counts', () => {
  const span = started();
  span
    .setAttribute('a', 1)
    .setAttributes({ b: 'x', c: [true] })
    .setAttribute('a', 2);
  span.end();
  expect(span.attributes).toEqual(['a', 2, 'b', 'x', 'c', [true]]);
});

test('what is no attribute is dropped, and is not counted as over the limit', () => {
  const span = started();
  span.setAttribute('', 1).setAttribute('a', undefined).setAttribute('b', null).setAttribute('c', 1n);
  span
    .setAttribute(7 as never, 1)
    .setAttributes(null as never)
    .setAttributes('text' as never);
  expect(span.attributes).toEqual([]);
  expect(span.droppedAttributes).toBe(0);
});

test.each([
  ['name', ['e'], {}],
  ['attributes', ['e', { a: 1 }], { a: 1 }],
  ['hrtime', ['e', [1_700_000_000, 7]], {}, [1_700_000_000, 7]],
  ['epoch milliseconds', ['e', 1_700_000_000_001], {}, [1_700_000_000, 1_000_000]],
  ['Date', ['e', new Date(1_700_000_000_001)], {}, [1_700_000_000, 1_000_000]],
  ['attributes and time', ['e', { a: [1, 2] }, [1_700_000_000, 7]], { a: [1, 2] }, [1_700_000_000, 7]],
  ['two times, of which the last counts', ['e', [1, 1], [2, 2]], {}, [2, 2]],
])('addEvent takes %s', (_, given, attributes, time?: number[]) => {
  const span = started();
  span.addEvent(...(given as Parameters<Span['addEvent']>));
  const event = span.events?.[0];
  expect(event?.name).toBe('e');
  expect(attributeMap(event?.attributes ?? [])).toEqual(attributes);
  if (time) expect([event?.seconds, event?.nanos]).toEqual(time);
  else expect(Math.abs((event?.seconds ?? 0) - span.startSeconds)).toBeLessThanOrEqual(1);
});

test('links keep ids, flags, trace state and attributes', () => {
  const span = started();
  const traceState = { serialize: () => 'a=1', get: () => '1', set: () => traceState, unset: () => traceState };
  span.addLink({ context: { ...remote, isRemote: true, traceState }, attributes: { why: 'batch' } });
  const link = span.links?.[0];
  expect(link?.span.traceId.hex()).toBe(remote.traceId);
  expect(link?.span.spanIdHex()).toBe(remote.spanId);
  expect(link?.span.flags).toBe(1);
  expect(link?.span.isRemote).toBe(true);
  expect(link?.span.traceState).toBe('a=1');
  expect(link?.attributes).toEqual(['why', 'batch']);
});

test('a link to nowhere is kept only for what else it says', () => {
  const nowhere = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 };
  const span = started();
  span.addLinks([{ context: nowhere }, { context: nowhere, attributes: { why: 'lost' } }]);
  span.addLink({ context: { traceId: 'x', spanId: 'y', traceFlags: 0 } });
  span.addLink(undefined as never).addLinks(undefined as never);
  expect(span.links?.map((link) => link.attributes)).toEqual([['why', 'lost']]);
});

test.each([
  ['unset by default', [], { code: 0, message: '' }],
  ['an error with its message', [{ code: 2, message: 'boom' }], { code: 2, message: 'boom' }],
  ['ok without a message', [{ code: 1, message: 'ignored' }], { code: 1, message: '' }],
  ['ok after an error', [{ code: 2, message: 'boom' }, { code: 1 }], { code: 1, message: '' }],
  ['ok is final', [{ code: 1 }, { code: 2, message: 'boom' }], { code: 1, message: '' }],
  ['unset changes nothing', [{ code: 2, message: 'boom' }, { code: 0 }], { code: 2, message: 'boom' }],
  [
    'the last error',
    [
      { code: 2, message: 'a' },
      { code: 2, message: 'b' },
    ],
    { code: 2, message: 'b' },
  ],
  ['an error without message', [{ code: 2, message: 'a' }, { code: 2 }], { code: 2, message: '' }],
  ['a message that is no text', [{ code: 2, message: 7 }], { code: 2, message: '7' }],
  ['no such code', [{ code: 7 }, undefined], { code: 0, message: '' }],
])('status: %s', (_, settings, expected) => {
  const span = started();
  for (const status of settings) span.setStatus(status as never);
  expect(plainSpan(span).status).toEqual(expected);
});

test('updateName replaces the name; a name that is no text is none', () => {
  const span = started();
  expect(span.updateName('GET /users/:id').name).toBe('GET /users/:id');
  expect(span.updateName(Object.create(null) as never).name).toBe('');
});

class PaymentError extends Error {}

test.each([
  ['an Error', new TypeError('bad'), { type: 'TypeError', message: 'bad', hasStack: true }],
  ['a subclass without a name', new PaymentError('no'), { type: 'PaymentError', message: 'no', hasStack: true }],
  [
    'a system error',
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    { type: 'ECONNREFUSED', message: 'refused', hasStack: true },
  ],
  ['a text', 'just text', { message: 'just text', hasStack: false }],
  ['an object', { name: 'N', message: 'm', stack: 's' }, { type: 'N', message: 'm', hasStack: true }],
  ['an object with a numeric code', { code: 12 }, { type: '12', hasStack: false }],
  ['an Error without a message', new RangeError(), { type: 'RangeError', hasStack: true }],
])(
  'recordException takes %s',
  (_, exception, { type, message, hasStack }: { type?: string; message?: string; hasStack: boolean }) => {
    const span = started();
    span.recordException(exception, [1_700_000_000, 7]);
    const [event] = span.events ?? [];
    const attributes = attributeMap(event?.attributes ?? []);
    expect([event?.name, event?.seconds, event?.nanos]).toEqual(['exception', 1_700_000_000, 7]);
    expect(attributes['exception.type']).toBe(type);
    expect(attributes['exception.message']).toBe(message);
    expect('exception.stacktrace' in attributes).toBe(hasStack);
    expect(span.statusCode).toBe(0);
  },
);

test('the stack of an exception is its own', () => {
  const error = new Error('boom');
  const span = started();
  span.recordException(error);
  expect(attributeMap(span.events?.[0]?.attributes ?? [])['exception.stacktrace']).toBe(error.stack);
});

test.each([[undefined], [null], [{}], [''], [() => 1]])('recordException(%j) has nothing to tell', (exception) => {
  const span = started();
  span.recordException(exception);
  expect(span.events).toBeUndefined();
});

test('the program does not notice objects of its own that throw', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => expect.unreachable(),
      ownKeys: () => expect.unreachable(),
      getPrototypeOf: () => expect.unreachable(),
    },
  );
  const span = started();
  span
    .setAttribute('a', hostile)
    .setAttributes(hostile)
    .addEvent('e', hostile)
    .addLink({ context: hostile as never });
  span.recordException(hostile);
  span.end();
  expect(plainSpan(span)).toMatchObject({ attributes: {}, events: [{ name: 'e', attributes: {} }] });
});

test.each([
  ['hrtime', [1_700_000_010, 5] as [number, number], [1_700_000_010, 5]],
  ['epoch milliseconds', 1_700_000_010_250, [1_700_000_010, 250_000_000]],
  ['Date', new Date(1_700_000_010_250), [1_700_000_010, 250_000_000]],
  ['a time before the start, which then is the end', [1_600_000_000, 0] as [number, number], [1_700_000_000, 0]],
  ['a time a nanosecond before the start', [1_699_999_999, 999_999_999] as [number, number], [1_700_000_000, 0]],
])('end takes %s', (_, time, expected) => {
  const span = tracer.startSpan('op', 1, rootContext, [1_700_000_000, 0]) as Span;
  span.end(time);
  expect([span.startSeconds, span.startNanos]).toEqual([1_700_000_000, 0]);
  expect([span.endSeconds, span.endNanos]).toEqual(expected);
});

test('performance.now() as start and end gives exactly their difference', () => {
  const span = tracer.startSpan('op', 1, rootContext, 10) as Span;
  span.end(12.5);
  expect((span.endSeconds - span.startSeconds) * 1e9 + span.endNanos - span.startNanos).toBe(2_500_000);
});

test('without times, a span lasts from its start to its end', async () => {
  const before = performance.now();
  const span = started();
  const inside = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const waitedMs = performance.now() - inside;
  span.end();
  const lastedMs = (span.endSeconds - span.startSeconds) * 1e3 + (span.endNanos - span.startNanos) / 1e6;
  expect(lastedMs).toBeGreaterThan(waitedMs - 0.001);
  expect(lastedMs).toBeLessThan(performance.now() - before + 0.001);
});

test('over the limit, new attributes are dropped and counted, known ones still set', () => {
  const span = startedWith({ attributeCount: 2, attributeValueLength: 3 });
  span.setAttributes({ a: 'abcdef', b: 1, c: 2, d: 3 }).setAttribute('e', 4).setAttribute('a', 'xyz!');
  expect(span.attributes).toEqual(['a', 'xyz', 'b', 1]);
  expect(span.droppedAttributes).toBe(3);
});

test('attributes given at the start are held to the limits too', () => {
  ended = collectSpans({ limits: { attributeCount: 1, attributeValueLength: 3 } });
  const span = tracer.startSpan('op', 1, rootContext, undefined, ['a', 'abcdef', 'b', 1]) as Span;
  expect(span.attributes).toEqual(['a', 'abc']);
  expect(span.droppedAttributes).toBe(1);
});

test('over the limit, the newest events and links stay and the others are counted', () => {
  const span = startedWith({ eventCount: 2, linkCount: 1 });
  for (const name of ['a', 'b', 'c']) span.addEvent(name);
  span.addLinks([{ context: remote }, { context: { ...remote, spanId: '1'.repeat(16) } }]);
  expect(span.events?.map((event) => event.name)).toEqual(['b', 'c']);
  expect(span.droppedEvents).toBe(1);
  expect(span.links?.map((link) => link.span.spanIdHex())).toEqual(['1'.repeat(16)]);
  expect(span.droppedLinks).toBe(1);
});

test('limits of 0 keep nothing and count all', () => {
  const span = startedWith({ attributeCount: 0, eventCount: 0, linkCount: 0 });
  span.setAttribute('a', 1).addEvent('e').addLink({ context: remote });
  expect([span.attributes, span.events, span.links]).toEqual([[], [], []]);
  expect([span.droppedAttributes, span.droppedEvents, span.droppedLinks]).toEqual([1, 1, 1]);
});

test('attributes of events and links have limits and counts of their own', () => {
  const span = startedWith({ attributeCountPerEvent: 1, attributeCountPerLink: 2, attributeValueLength: 2 });
  span.addEvent('e', { a: 'long', b: 2 }).addLink({ context: remote, attributes: { a: 'long', b: 2, c: 3 } });
  expect(span.events?.[0]).toMatchObject({ attributes: ['a', 'lo'], droppedAttributes: 1 });
  expect(span.links?.[0]).toMatchObject({ attributes: ['a', 'lo', 'b', 2], droppedAttributes: 1 });
});

test('whatever is set, kept and dropped make up what was given', () => {
  const keys = fc.array(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 20 });
  fc.assert(
    fc.property(keys, fc.nat(8), fc.nat(8), (given, attributeCount, eventCount) => {
      const span = startedWith({ attributeCount, eventCount });
      const distinct = [...new Set(given)];
      for (const key of distinct) span.setAttribute(key, 1).addEvent(key);
      expect(span.attributes.length / 2).toBe(Math.min(distinct.length, attributeCount));
      expect(span.attributes.length / 2 + span.droppedAttributes).toBe(distinct.length);
      expect(span.events?.length ?? 0).toBe(Math.min(distinct.length, eventCount));
      expect((span.events?.length ?? 0) + span.droppedEvents).toBe(distinct.length);
    }),
  );
});
