import type * as api from '@opentelemetry/api';
import type { SpanKindNumber } from '@sightline/wire';
import type { AttributeList } from './attributes.ts';
import { currentAnchor } from './clock.ts';
import { activeContext, type Context } from './context.ts';
import { newTraceId, randomWord } from './ids.ts';
import { invalidSpan, NonRecordingSpan, randomFlag, sampledFlag } from './non-recording-span.ts';
import { settings } from './settings.ts';
import { type Scope, Span } from './span.ts';

export { configureTracer, shutDownTracer } from './settings.ts';
export type { Scope } from './span.ts';

/** Makes the spans of one instrumentation scope. */
export class Tracer {
  readonly scope: Scope;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /**
   * Starts a span as a child of the context's, without making it active.
   * @param startTime as the API takes times: epoch milliseconds, `performance.now()`, …; default: now
   * @param attributes `[key, value, …]`, keys distinct and values valid; becomes the span's own list
   * @returns a span to end, or one that records nothing where the context is suppressed or the trace is not sampled
   */
  startSpan(
    name: string,
    kind: SpanKindNumber,
    parent: Context = activeContext(),
    startTime?: api.TimeInput,
    attributes: AttributeList = [],
  ): Span | NonRecordingSpan {
    if (parent.isSuppressed) return invalidSpan;
    const caller = parent.identity?.isValid() ? parent.identity : undefined;
    if (!settings.active) return caller ?? invalidSpan;
    const identity = newIdentity(caller);
    if ((identity.flags & sampledFlag) === 0) return identity;
    const anchor = caller?.recording?.anchor ?? currentAnchor();
    return new Span(this.scope, identity, caller, name, kind, anchor, startTime, attributes);
  }
}

/** A new trace's id is random, and says so; a child keeps what its caller said of it. */
function newIdentity(caller: NonRecordingSpan | undefined): NonRecordingSpan {
  const traceId = caller?.traceId ?? newTraceId();
  const parentSampled = caller && (caller.flags & sampledFlag) !== 0;
  const flags = caller === undefined ? randomFlag : caller.flags & randomFlag;
  const sampled = settings.sampler.isSampled(traceId, parentSampled) ? sampledFlag : 0;
  return new NonRecordingSpan(traceId, randomWord(), randomWord(), flags | sampled, false, caller?.traceState ?? '');
}
