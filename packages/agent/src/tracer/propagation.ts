import type { Baggage } from '@opentelemetry/api';
import { formatBaggage, readBaggage } from './baggage.ts';
import { Context, contextWithBaggage, rootContext } from './context.ts';
import type { NonRecordingSpan } from './non-recording-span.ts';
import { formatTraceParent, readTraceParent } from './trace-parent.ts';

export type HeaderValue = string | readonly string[] | undefined;

let sendsTraceContext = true;
let sendsBaggage = true;

/**
 * Chooses by the names in `OTEL_PROPAGATORS`: `tracecontext`, `baggage`, `none`.
 * @returns the names that are not known, for the log
 */
export function configurePropagators(names: readonly string[]): string[] {
  const none = names.includes('none');
  sendsTraceContext = !none && names.includes('tracecontext');
  sendsBaggage = !none && names.includes('baggage');
  return names.filter((name) => name !== 'tracecontext' && name !== 'baggage' && name !== 'none');
}

/** The names of the headers that are sent and read. */
export function propagationFields(): string[] {
  const traceContext = sendsTraceContext ? ['traceparent', 'tracestate'] : [];
  return sendsBaggage ? [...traceContext, 'baggage'] : traceContext;
}

/** @param headers Node's `IncomingHttpHeaders`, or any object with lower-case names */
export function extract(headers: Readonly<Record<string, HeaderValue>>, onto: Context = rootContext): Context {
  return readHeaders(headers.traceparent, headers.tracestate, headers.baggage, onto);
}

/** Sets the headers that a request out of the context carries; none in a suppressed context. */
export function inject(context: Context, set: (name: string, value: string) => void): void {
  if (!context.isSuppressed) injectSpan(context.identity, context.baggage, set);
}

/** The same without a context made for it. */
export function injectSpan(
  span: NonRecordingSpan | undefined,
  baggage: Baggage | undefined,
  set: (name: string, value: string) => void,
): void {
  if (sendsTraceContext && span?.isValid()) {
    set('traceparent', formatTraceParent(span));
    if (span.traceState !== '') set('tracestate', span.traceState);
  }
  if (!sendsBaggage || baggage === undefined) return;
  const text = formatBaggage(baggage);
  if (text !== '') set('baggage', text);
}

export function readHeaders(
  traceParent: HeaderValue,
  traceState: HeaderValue,
  baggage: HeaderValue,
  onto: Context,
): Context {
  let context = onto;
  if (sendsTraceContext && traceParent !== undefined) {
    const span = readTraceParent(joined(traceParent), joined(traceState));
    if (span) context = new Context(span, onto.baggage, onto.isSuppressed, undefined, onto.others);
  }
  if (!sendsBaggage || baggage === undefined) return context;
  const entries = readBaggage(joined(baggage));
  return entries ? contextWithBaggage(context, entries) : context;
}

/** Two `traceparent` headers become one that is not valid, as the specification wants. */
function joined(value: HeaderValue): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(',') : '';
}
