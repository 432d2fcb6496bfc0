/** `trace` of `@opentelemetry/api` on our tracer. */
import type * as api from '@opentelemetry/api';
import type { SpanKindNumber } from '@sightline/wire';
import { guard } from '../guard.ts';
import { contextManager, ownContext } from './api-context-manager.ts';
import { Context, contextWithSpan } from './context.ts';
import { invalidSpan, type NonRecordingSpan } from './non-recording-span.ts';
import { type Scope, Span } from './span.ts';
import { asText } from './text.ts';
import { Tracer } from './tracer.ts';

type AnySpan = Span | NonRecordingSpan;

/** More names than any program has; beyond it, tracers are made anew each time. */
const maxCachedTracers = 1_000;

const start = guard('api.tracer.startSpan', startSpan);

class ApiTracer implements api.Tracer {
  readonly #tracer: Tracer;

  constructor(scope: Scope) {
    this.#tracer = new Tracer(scope);
  }

  startSpan(name: string, options?: api.SpanOptions, context?: api.Context): AnySpan {
    return start(this.#tracer, name, options, ownContext(context)) ?? invalidSpan;
  }

  startActiveSpan<F extends (span: api.Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: api.Span) => unknown>(name: string, options: api.SpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: api.Span) => unknown>(
    name: string,
    options: api.SpanOptions,
    context: api.Context,
    fn: F,
  ): ReturnType<F>;
  /** The last argument is the function, whatever stands before it. */
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const fn = rest.pop();
    if (typeof fn !== 'function') return undefined;
    const [options, context] = rest as [api.SpanOptions?, api.Context?];
    const parent = ownContext(context);
    const span = start(this.#tracer, name, options, parent) ?? invalidSpan;
    return contextManager.with(contextWithSpan(parent, span), fn as (span: api.Span) => unknown, undefined, span);
  }
}

function startSpan(tracer: Tracer, name: string, options: api.SpanOptions | undefined, context: Context): AnySpan {
  const parent = options?.root ? withoutSpan(context) : context;
  const span = tracer.startSpan(asText(name), otlpKind(options?.kind), parent, options?.startTime);
  if (!options || !(span instanceof Span)) return span;
  if (options.attributes) span.setAttributes(options.attributes);
  if (options.links) span.addLinks(options.links);
  return span;
}

function withoutSpan(context: Context): Context {
  return new Context(undefined, context.baggage, context.isSuppressed, undefined, context.others);
}

/** The API counts kinds from 0, internal; OTLP has 0 for unspecified. */
function otlpKind(kind: api.SpanKind | undefined): SpanKindNumber {
  return kind === 1 || kind === 2 || kind === 3 || kind === 4 ? ((kind + 1) as SpanKindNumber) : 1;
}

const tracers = new Map<string, ApiTracer>();

/**
 * Stands where the API keeps its ProxyTracerProvider, and has that one's methods too, for programs
 * that reach for the provider behind it.
 */
export const tracerProvider: api.TracerProvider & Omit<api.ProxyTracerProvider, 'getTracer' | '_delegate'> = {
  getTracer(name: string, version?: string, options?: { schemaUrl?: string }): api.Tracer {
    const schemaUrl = asText(options?.schemaUrl);
    const scope = { name: asText(name), version: asText(version) };
    const key = `${scope.name}\n${scope.version}\n${schemaUrl}`;
    const known = tracers.get(key);
    if (known) return known;
    const tracer = new ApiTracer(schemaUrl === '' ? scope : { ...scope, schemaUrl });
    if (tracers.size < maxCachedTracers) tracers.set(key, tracer);
    return tracer;
  },

  getDelegate() {
    return tracerProvider;
  },

  getDelegateTracer(name: string, version?: string, options?: { schemaUrl?: string }) {
    return tracerProvider.getTracer(name, version, options);
  },

  /** Ours stays: see api-bridge.ts. */
  setDelegate() {},
};
