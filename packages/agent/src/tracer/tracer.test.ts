import { beforeEach, expect, test } from 'vitest';
import { collectSpans } from './collect-spans.ts';
import { type Context, contextWithSpan, rootContext, suppressed } from './context.ts';
import { readTraceId } from './ids.ts';
import { invalidSpan, NonRecordingSpan } from './non-recording-span.ts';
import { alwaysOff, alwaysOn, parentBased } from './sampler.ts';
import { defaultLimits } from './settings.ts';
import type { Span } from './span.ts';
import { configureTracer, shutDownTracer, Tracer } from './tracer.ts';

const tracer = new Tracer({ name: 'test', version: '1' });
const traceId = readTraceId('0af7651916cd43dd8448eb211c80319c', 0);

beforeEach(() => {
  collectSpans({ sampler: parentBased(alwaysOn) });
});

function underCaller(flags: number, isRemote = true): Context {
  return contextWithSpan(rootContext, new NonRecordingSpan(traceId, 1, 2, flags, isRemote, 'vendor=1'));
}

test('a root span begins a trace whose id is random and says so', () => {
  const span = tracer.startSpan('op', 2, rootContext) as Span;
  expect(span.spanContext()).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
    traceFlags: 3,
  });
  expect(span.parentSpanIdHex()).toBeUndefined();
  expect(span.otlpFlags()).toBe(0x103);
  expect([span.name, span.kind, span.scope]).toEqual(['op', 2, { name: 'test', version: '1' }]);
});

test.each([
  [0x01, 1, 0x301],
  [0x03, 3, 0x303],
])(
  'the child of a remote caller with flags %i keeps trace, trace state and randomness',
  (flags, ownFlags, otlpFlags) => {
    const span = tracer.startSpan('op', 2, underCaller(flags)) as Span;
    expect(span.identity.traceId).toBe(traceId);
    expect(span.identity.traceState).toBe('vendor=1');
    expect(span.identity.flags).toBe(ownFlags);
    expect(span.otlpFlags()).toBe(otlpFlags);
    expect(span.parentSpanIdHex()).toBe('0000000100000002');
    expect(span.identity.spanIdHex()).not.toBe('0000000100000002');
    expect(span.spanContext().isRemote).toBeUndefined();
  },
);

test('the child of a span of this process says so', () => {
  const parent = tracer.startSpan('parent', 2, rootContext) as Span;
  const child = tracer.startSpan('child', 1, contextWithSpan(rootContext, parent)) as Span;
  expect(child.identity.traceId).toBe(parent.identity.traceId);
  expect(child.parentSpanIdHex()).toBe(parent.identity.spanIdHex());
  expect(child.otlpFlags()).toBe(0x103);
});

test('a span may be the parent of others after its end', () => {
  const parent = tracer.startSpan('parent', 2, rootContext) as Span;
  const context = contextWithSpan(rootContext, parent);
  parent.end();
  const child = tracer.startSpan('child', 1, context) as Span;
  expect(child.parentSpanIdHex()).toBe(parent.identity.spanIdHex());
});

test('a caller without a valid id is none', () => {
  const span = tracer.startSpan('op', 1, contextWithSpan(rootContext, invalidSpan)) as Span;
  expect(span.parentSpanIdHex()).toBeUndefined();
  expect(span.identity.isValid()).toBe(true);
});

test('an unsampled trace makes no span, only its ids to pass on', () => {
  const span = tracer.startSpan('op', 2, underCaller(0x02));
  expect(span).toBeInstanceOf(NonRecordingSpan);
  expect(span.isRecording()).toBe(false);
  expect(span.spanContext()).toMatchObject({ traceId: traceId.hex(), traceFlags: 2 });
  expect(span.spanContext().spanId).not.toBe('0000000100000002');
  expect(span.spanContext().traceState?.serialize()).toBe('vendor=1');
});

test('a trace that the sampler drops at its root is random too', () => {
  collectSpans({ sampler: alwaysOff });
  expect(tracer.startSpan('op', 2, rootContext).spanContext().traceFlags).toBe(2);
});

test('a sampler that is not parent-based may sample what the caller did not', () => {
  collectSpans({ sampler: alwaysOn });
  expect((tracer.startSpan('op', 2, underCaller(0)) as Span).identity.flags).toBe(1);
});

test('every method of a span that records nothing does nothing', () => {
  const span = tracer.startSpan('op', 2, underCaller(0)) as NonRecordingSpan;
  const before = span.spanContext();
  expect(span.setAttribute().setAttributes().addEvent().addLink().addLinks().setStatus().updateName()).toBe(span);
  span.recordException();
  span.end();
  expect(span.spanContext()).toBe(before);
});

test('under a suppressed context nothing is traced', () => {
  const span = tracer.startSpan('op', 1, suppressed(underCaller(1)));
  expect(span).toBe(invalidSpan);
  expect(span.spanContext()).toEqual({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 });
});

test('after shut-down spans only pass the context on, and open ones are dropped', () => {
  const ended = collectSpans();
  const open = tracer.startSpan('open', 1, rootContext);
  shutDownTracer();
  open.end();
  const context = underCaller(1);
  expect(tracer.startSpan('op', 1, context)).toBe(context.identity);
  expect(tracer.startSpan('op', 1, rootContext)).toBe(invalidSpan);
  expect(ended).toEqual([]);
});

test('a consumer that throws is not noticed by the program', () => {
  configureTracer({
    sampler: alwaysOn,
    limits: defaultLimits,
    onEnd: () => {
      throw new Error('full');
    },
  });
  const span = tracer.startSpan('op', 1, rootContext);
  span.end();
  expect(span.isRecording()).toBe(false);
});
