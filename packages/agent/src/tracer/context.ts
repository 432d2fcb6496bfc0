/**
 * The context that follows a program's asynchronous calls (by context-store.ts). Its usual values are fields, so that
 * starting a request costs one small object and no map; whatever else the API lets a program set
 * stands in `others`.
 *
 * A context holds no other context and no parent of its span, and of the span only its identity
 * (see non-recording-span.ts): what lives as long as a pooled socket stays small.
 */
import type * as api from '@opentelemetry/api';
import { type ContextStore, createContextStore } from './context-store.ts';
import type { HasFrame } from './frame-store.ts';
import { NonRecordingSpan, readSpanContext } from './non-recording-span.ts';
import { Span } from './span.ts';

/** The keys of `@opentelemetry/api` and of its SDK: `Symbol.for` makes them the same in every copy. */
const spanKey = Symbol.for('OpenTelemetry Context Key SPAN');
const baggageKey = Symbol.for('OpenTelemetry Baggage Key');
const suppressedKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

export class Context implements api.Context, HasFrame {
  /** The span that new spans are children of; its `recording` is the span itself while that has not ended. */
  readonly identity: NonRecordingSpan | undefined;
  readonly baggage: api.Baggage | undefined;
  readonly isSuppressed: boolean;
  /** Where the program set a span that we did not make, that very object; `identity` has its ids. */
  readonly foreignSpan: api.Span | undefined;
  readonly others: api.Context | undefined;
  /** The context of another kind that this one was read from, for a program that compares. */
  readonly origin: WeakRef<api.Context> | undefined;
  frame: HasFrame['frame'] = undefined;

  constructor(
    identity: NonRecordingSpan | undefined,
    baggage: api.Baggage | undefined,
    isSuppressed: boolean,
    foreignSpan: api.Span | undefined,
    others: api.Context | undefined,
    origin?: WeakRef<api.Context>,
  ) {
    this.identity = identity;
    this.baggage = baggage;
    this.isSuppressed = isSuppressed;
    this.foreignSpan = foreignSpan;
    this.others = others;
    this.origin = origin;
  }

  getValue(key: symbol): unknown {
    if (key === spanKey) return this.foreignSpan ?? this.identity?.recording ?? this.identity;
    if (key === baggageKey) return this.baggage;
    if (key === suppressedKey) return this.isSuppressed || undefined;
    return this.others?.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === spanKey) return this.#withSpan(value);
    if (key === baggageKey) return contextWithBaggage(this, value as api.Baggage | undefined);
    if (key === suppressedKey) return this.#withSuppressed(value === true);
    return this.#withOthers((this.others ?? noValues).setValue(key, value));
  }

  deleteValue(key: symbol): Context {
    if (key === spanKey || key === baggageKey || key === suppressedKey) return this.setValue(key, undefined);
    return this.others === undefined ? this : this.#withOthers(this.others.deleteValue(key));
  }

  #withSpan(value: unknown): Context {
    if (value instanceof Span || value instanceof NonRecordingSpan) return contextWithSpan(this, value);
    const span = (value ?? undefined) as api.Span | undefined;
    const identity = readSpanContext(span?.spanContext?.());
    return new Context(identity, this.baggage, this.isSuppressed, span, this.others);
  }

  #withSuppressed(isSuppressed: boolean): Context {
    return new Context(this.identity, this.baggage, isSuppressed, this.foreignSpan, this.others);
  }

  #withOthers(others: api.Context): Context {
    return new Context(this.identity, this.baggage, this.isSuppressed, this.foreignSpan, others);
  }
}

/** What a program sets under keys of its own. */
class Values implements api.Context {
  readonly #values: ReadonlyMap<symbol, unknown>;

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values;
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  setValue(key: symbol, value: unknown): Values {
    return new Values(new Map(this.#values).set(key, value));
  }

  deleteValue(key: symbol): Values {
    const values = new Map(this.#values);
    values.delete(key);
    return new Values(values);
  }
}

const noValues = new Values(new Map());

export const rootContext: Context = new Context(undefined, undefined, false, undefined, undefined);

const contextStore: ContextStore<Context> = createContextStore<Context>();

export function activeContext(): Context {
  return contextStore.get() ?? rootContext;
}

/** The active span of ours that has not ended; undefined in an unsampled request. */
export function activeSpan(): Span | undefined {
  return activeContext().identity?.recording;
}

export function contextWithSpan(parent: Context, span: Span | NonRecordingSpan): Context {
  const identity = span instanceof Span ? span.identity : span;
  return new Context(identity, parent.baggage, parent.isSuppressed, undefined, parent.others);
}

export function contextWithBaggage(parent: Context, baggage: api.Baggage | undefined): Context {
  return new Context(parent.identity, baggage, parent.isSuppressed, parent.foreignSpan, parent.others);
}

/** Below it nothing is traced and no header is added: for the agent's own requests. */
export function suppressed(context: Context): Context {
  return new Context(context.identity, context.baggage, true, context.foreignSpan, context.others);
}

/** Calls fn with the context active, in it and in whatever it starts. */
export function runWith<T, A extends unknown[], R>(
  context: Context,
  fn: (this: T, ...args: A) => R,
  thisArg: T,
  args: A,
): R {
  if (activeContext() === context) return fn.apply(thisArg, args);
  const before = enterContext(context);
  try {
    return fn.apply(thisArg, args);
  } finally {
    leaveContext(before);
  }
}

/**
 * What {@link runWith} does, in two halves for a caller that has a `finally` of its own: no arguments are packed and
 * unpacked in between.
 * @returns what {@link leaveContext} needs
 */
export function enterContext(context: Context): unknown {
  return contextStore.enter(context);
}

/** In the same turn, whatever happened since. */
export function leaveContext(before: unknown): void {
  contextStore.leave(before);
}

/**
 * A context from the API's own class, as `trace.setSpan(ROOT_CONTEXT, span)` gives it, as ours. The
 * original is held weakly, since it would keep the span alive after its end.
 */
export function adoptContext(context: api.Context): Context {
  if (context instanceof Context) return context;
  const others = context.deleteValue(spanKey).deleteValue(baggageKey).deleteValue(suppressedKey);
  const own = rootContext
    .setValue(spanKey, context.getValue(spanKey))
    .setValue(baggageKey, context.getValue(baggageKey))
    .setValue(suppressedKey, context.getValue(suppressedKey));
  return new Context(own.identity, own.baggage, own.isSuppressed, own.foreignSpan, others, new WeakRef(context));
}
