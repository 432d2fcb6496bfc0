import { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { beforeEach, expect, test } from 'vitest';
import { contextManager } from './api-context-manager.ts';
import { collectSpans } from './collect-spans.ts';
import {
  activeContext,
  activeSpan,
  adoptContext,
  type Context,
  contextWithSpan,
  rootContext,
  runWith,
  suppressed,
} from './context.ts';
import { NonRecordingSpan } from './non-recording-span.ts';
import type { Span } from './span.ts';
import { Tracer } from './tracer.ts';

const tracer = new Tracer({ name: 'test', version: '' });
const key = createContextKey('a key of the program');
const suppressedKey = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

beforeEach(() => {
  collectSpans();
});

function started(): Span {
  return tracer.startSpan('op', 1, rootContext) as Span;
}

test('outside of everything, the root context is active', () => {
  expect(activeContext()).toBe(rootContext);
  expect(activeSpan()).toBeUndefined();
});

test('runWith passes this, arguments, result and errors on', () => {
  const context = contextWithSpan(rootContext, started());
  const receiver = { base: 40 };
  const add = function (this: unknown, a: number): number {
    expect(activeContext()).toBe(context);
    return (this as typeof receiver).base + a;
  };
  expect(runWith(context, add, receiver, [2])).toBe(42);
  const fail = () => {
    throw new Error('boom');
  };
  expect(() => runWith(context, fail, undefined, [])).toThrow('boom');
  expect(activeContext()).toBe(rootContext);
});

test('the context follows promises, timers and ticks', async () => {
  const span = started();
  const seen = await runWith(
    contextWithSpan(rootContext, span),
    async () => {
      const afterTick = await new Promise((resolve) => process.nextTick(() => resolve(activeSpan())));
      const afterTimer = await new Promise((resolve) => setTimeout(() => resolve(activeSpan()), 1));
      return [afterTick, afterTimer, activeSpan()];
    },
    undefined,
    [],
  );
  expect(seen).toEqual([span, span, span]);
});

test('the keys of the API read and write the fields', () => {
  const span = started();
  const baggage = propagation.createBaggage({ user: { value: 'alice' } });
  let context: Context = contextWithSpan(rootContext, span);
  context = propagation.setBaggage(context, baggage) as Context;
  context = context.setValue(key, 'value');
  expect(trace.getSpan(context)).toBe(span);
  expect(context.baggage).toBe(baggage);
  expect(propagation.getBaggage(context)).toBe(baggage);
  expect(context.getValue(key)).toBe('value');
  expect(trace.getSpan(trace.deleteSpan(context))).toBeUndefined();
  expect(propagation.getBaggage(propagation.deleteBaggage(context))).toBeUndefined();
  expect(context.deleteValue(key).getValue(key)).toBeUndefined();
  expect(context.deleteValue(key).identity).toBe(span.identity);
  expect(context.getValue(key)).toBe('value');
  expect(rootContext.getValue(key)).toBeUndefined();
});

test('suppression is the same key as in the OpenTelemetry SDK', () => {
  expect(suppressed(rootContext).getValue(suppressedKey)).toBe(true);
  expect(rootContext.setValue(suppressedKey, true).isSuppressed).toBe(true);
  expect(suppressed(rootContext).deleteValue(suppressedKey).isSuppressed).toBe(false);
  expect(suppressed(contextWithSpan(rootContext, started())).identity).toBeDefined();
});

test('a span that is not ours is given back as it was set, and is the parent by its ids', () => {
  const spanContext = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  const foreign = trace.wrapSpanContext(spanContext);
  const context = trace.setSpan(rootContext, foreign) as Context;
  expect(trace.getSpan(context)).toBe(foreign);
  const child = tracer.startSpan('child', 1, context) as Span;
  expect(child.identity.traceId.hex()).toBe(spanContext.traceId);
  expect(child.parentSpanIdHex()).toBe(spanContext.spanId);
});

test('a foreign span with broken ids is no parent', () => {
  const context = trace.setSpanContext(rootContext, { traceId: 'x', spanId: 'y', traceFlags: 1 });
  expect((context as Context).identity).toBeUndefined();
});

test("a context of the API's own class is taken over with all that it holds", () => {
  const span = started();
  const baggage = propagation.createBaggage({ a: { value: '1' } });
  const given = propagation.setBaggage(trace.setSpan(ROOT_CONTEXT.setValue(key, 7), span), baggage);
  const own = adoptContext(given);
  expect(own.identity).toBe(span.identity);
  expect(own.baggage).toBe(baggage);
  expect(own.getValue(key)).toBe(7);
  expect(own.setValue(key, 8).getValue(key)).toBe(8);
  contextManager.with(given, () => expect(contextManager.active()).toBe(given));
});

test('an ended span leaves the context: what remains is its ids', () => {
  const span = started();
  const context = contextWithSpan(rootContext, span);
  span.end();
  const left = trace.getSpan(context);
  expect(left).toBeInstanceOf(NonRecordingSpan);
  expect(left?.isRecording()).toBe(false);
  expect(left?.spanContext()).toEqual(span.spanContext());
  runWith(context, () => expect(activeSpan()).toBeUndefined(), undefined, []);
});

test('timers that outlive their request keep neither ended spans nor contexts of the API alive', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const { timers, weak } = leaveTimers();
  for (let i = 0; i < 50 && weak.some((ref) => ref.deref() !== undefined); i++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  for (const timer of timers) clearInterval(timer);
  expect(weak.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined, undefined]);
});

/** Three spans, each the parent of the next, all ended while timers made in the innermost context tick on. */
function leaveTimers(): { timers: NodeJS.Timeout[]; weak: WeakRef<object>[] } {
  const collected = collectSpans();
  let context: Context = rootContext;
  const weak: WeakRef<object>[] = [];
  const spans: Span[] = [];
  for (let depth = 0; depth < 3; depth++) {
    const span = tracer.startSpan('op', 1, context) as Span;
    spans.push(span);
    weak.push(new WeakRef(span));
    context = contextWithSpan(context, span);
  }
  const apiContext = trace.setSpan(ROOT_CONTEXT, spans[2] as Span);
  weak.push(new WeakRef(apiContext));
  const tick = () => setInterval(() => {}, 1_000);
  const timers = [contextManager.with(apiContext, tick), runWith(context, tick, undefined, [])];
  for (const span of spans) span.end();
  collected.length = 0;
  return { timers, weak };
}

test('a bound function runs in its context with its this, arguments and length', () => {
  const context = contextWithSpan(rootContext, started());
  const bound = contextManager.bind(context, function (this: unknown, a: number, b: number) {
    return [this, a + b, activeContext()];
  });
  expect(bound.length).toBe(2);
  expect(bound.call('self', 1, 2)).toEqual(['self', 3, context]);
});

test('what is neither function nor emitter is bound to nothing', () => {
  const target = { a: 1 };
  expect(contextManager.bind(rootContext, target)).toBe(target);
});

test.each(['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const)(
  'listeners added with %s to a bound emitter run in its context, and can be listed and removed',
  (add) => {
    const context = contextWithSpan(rootContext, started());
    const emitter = contextManager.bind(context, new EventEmitter());
    const seen: unknown[] = [];
    const listener = (...args: unknown[]) => seen.push([activeContext(), ...args]);
    expect(emitter[add]('event', listener)).toBe(emitter);
    expect(emitter.listeners('event')).toEqual([listener]);
    emitter.emit('event', 1);
    expect(seen).toEqual([[context, 1]]);
    expect(emitter.listenerCount('event')).toBe(add.toLowerCase().includes('once') ? 0 : 1);
    emitter[add]('event', listener);
    emitter.off('event', listener);
    if (!add.toLowerCase().includes('once')) emitter.off('event', listener);
    expect(emitter.listenerCount('event')).toBe(0);
  },
);

test('listeners from before the binding keep the context of the emit; binding again changes nothing', () => {
  const emitter = new EventEmitter();
  const seen: unknown[] = [];
  emitter.on('event', () => seen.push(activeContext()));
  const bound = contextWithSpan(rootContext, started());
  contextManager.bind(bound, emitter);
  contextManager.bind(suppressed(rootContext), emitter);
  emitter.on('event', () => seen.push(activeContext()));
  emitter.emit('event');
  expect(seen).toEqual([rootContext, bound]);
  expect(Object.keys(emitter)).not.toContain('on');
});
