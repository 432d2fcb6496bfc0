import { defaultTextMapGetter, defaultTextMapSetter, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { propagator } from './api-propagator.ts';
import { collectSpans } from './collect-spans.ts';
import { contextWithSpan, rootContext, suppressed } from './context.ts';
import { readTraceId, readWord } from './ids.ts';
import { NonRecordingSpan } from './non-recording-span.ts';
import { configurePropagators, extract, inject } from './propagation.ts';

beforeEach(() => {
  collectSpans();
});
afterEach(() => configurePropagators(['tracecontext', 'baggage']));

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function injected(context = rootContext): Record<string, string> {
  const headers: Record<string, string> = {};
  inject(context, (name, value) => {
    headers[name] = value;
  });
  return headers;
}

test('what is extracted is injected again', () => {
  const headers = { traceparent, tracestate: 'a=1,b=2', baggage: 'user=alice;ttl=5' };
  expect(injected(extract({ ...headers, host: 'example.org' }))).toEqual(headers);
});

test('the extracted caller is remote', () => {
  expect(extract({ traceparent }).identity?.spanContext()).toEqual({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    isRemote: true,
  });
});

test.each([
  ['01', '01'],
  ['02', '02'],
  ['ff', '03'],
  ['fc', '00'],
])('of the flags %s, %s are passed on: the sampled and the random bit', (flags, expected) => {
  const out = injected(extract({ traceparent: traceparent.slice(0, 53) + flags })).traceparent;
  expect(out?.slice(53)).toBe(expected);
});

test('without headers, the context stays the same object', () => {
  const context = suppressed(rootContext);
  expect(extract({}, context)).toBe(context);
  expect(extract({ traceparent: 'nonsense', baggage: '' }, context)).toBe(context);
  expect(injected()).toEqual({});
});

test('headers as arrays: two traceparents are none, two tracestates are one', () => {
  expect(extract({ traceparent: [traceparent, traceparent] })).toBe(rootContext);
  expect(
    injected(extract({ traceparent: [traceparent], tracestate: ['a=1', 'b=2'], baggage: ['c=3', 'd=4'] })),
  ).toEqual({
    traceparent,
    tracestate: 'a=1,b=2',
    baggage: 'c=3,d=4',
  });
});

test('a suppressed context sends nothing', () => {
  expect(injected(suppressed(extract({ traceparent, baggage: 'a=1' })))).toEqual({});
});

test.each([
  [['tracecontext'], { traceparent }, []],
  [['baggage'], { baggage: 'a=1' }, []],
  [['none'], {}, []],
  [['tracecontext', 'none'], {}, []],
  [['b3', 'tracecontext'], { traceparent }, ['b3']],
])('with the propagators %j, %j goes through', (names, expected, unknown) => {
  expect(configurePropagators(names)).toEqual(unknown);
  const context = extract({ traceparent, baggage: 'a=1' });
  expect(injected(context)).toEqual(expected);
  expect(propagator.fields().filter((name) => name !== 'tracestate')).toEqual(Object.keys(expected));
  configurePropagators(['tracecontext', 'baggage']);
  expect(injected(context)).toEqual(expected);
});

test("the API's propagator works with its contexts, getters and setters", () => {
  const carrier = { traceparent, tracestate: 'a=1', baggage: 'user=alice' };
  const context = propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
  expect(trace.getSpanContext(context)?.spanId).toBe('b7ad6b7169203331');
  expect(propagation.getBaggage(context)?.getEntry('user')?.value).toBe('alice');
  const sent = {};
  propagator.inject(
    trace.setSpanContext(ROOT_CONTEXT, trace.getSpanContext(context) as never),
    sent,
    defaultTextMapSetter,
  );
  expect(sent).toEqual({ traceparent, tracestate: 'a=1' });
});

test('any span goes through the headers unchanged', () => {
  const hex = (length: number) =>
    fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter((text) => !/^0+$/.test(text));
  fc.assert(
    fc.property(hex(32), hex(16), fc.nat(3), (trace, span, flags) => {
      const sent = new NonRecordingSpan(readTraceId(trace, 0), readWord(span, 0), readWord(span, 8), flags, false, '');
      const received = extract(injected(contextWithSpan(rootContext, sent))).identity;
      expect(received?.spanContext()).toEqual({ traceId: trace, spanId: span, traceFlags: flags, isRemote: true });
    }),
  );
});

test('any text as headers never throws and never gives an invalid caller', () => {
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{31,33}-[0-9a-f]{15,17}-[0-9a-g]{1,3}[-.a]?$/),
    fc.constantFrom(traceparent, `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`, traceparent.toUpperCase()),
  );
  const header = fc.oneof(garbage, fc.array(garbage, { maxLength: 3 }), fc.constant(undefined));
  fc.assert(
    fc.property(header, header, header, (parent, state, baggage) => {
      const context = extract({ traceparent: parent, tracestate: state, baggage });
      expect(context.identity?.isValid() ?? true).toBe(true);
      for (const value of Object.values(injected(context))) expect(value).toMatch(/^[\t\x20-\x7e]+$/);
    }),
    { numRuns: 1_000 },
  );
});
