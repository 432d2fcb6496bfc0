import type * as api from '@opentelemetry/api';
import type { SpanKindNumber } from '@sightline/wire';
import type { AttributeBlock, AttributeList } from './attributes.ts';
import { clockMs, currentAnchor } from './clock.ts';
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
    const identity = identify(parent);
    if (!isRecorded(identity, parent)) return identity;
    const span = this.record(identity, parent, name, kind, attributes, undefined);
    if (startTime !== undefined) span.startAt(startTime);
    return span;
  }

  /**
   * The second half of a start, for who wants to know first whether there will be a span.
   * @param identity of {@link identify}, where {@link isRecorded} says so
   * @param block attributes beside those, see attributes.ts
   */
  record(
    identity: NonRecordingSpan,
    parent: Context,
    name: string,
    kind: SpanKindNumber,
    attributes: AttributeList,
    block: AttributeBlock | undefined,
  ): Span {
    const nowMs = clockMs();
    const caller = parent.identity?.isValid() ? parent.identity : undefined;
    const anchor = caller?.recording?.anchor ?? currentAnchor(nowMs);
    return new Span(this.scope, identity, caller, name, kind, anchor, nowMs, attributes, block);
  }
}

/**
 * The first half of a start: the ids of a span below the context, and the decision whether it is recorded.
 * Where it is not, nothing needs to be put together for it, and below an unsampled span of this process not even ids.
 */
export function identify(parent: Context): NonRecordingSpan {
  if (parent.isSuppressed) return invalidSpan;
  const caller = parent.identity?.isValid() ? parent.identity : undefined;
  if (!settings.active) return caller ?? invalidSpan;
  return caller === undefined ? newRoot() : newChild(caller);
}

export function isRecorded(identity: NonRecordingSpan, parent: Context): boolean {
  return identity.isSampled && identity !== parent.identity && settings.records;
}

/** A new trace's id is random, and says so. */
function newRoot(): NonRecordingSpan {
  const traceId = newTraceId();
  const sampled = settings.sampler.isSampled(traceId, undefined, undefined) ? sampledFlag : 0;
  return new NonRecordingSpan(traceId, randomWord(), randomWord(), randomFlag | sampled, false, '');
}

/** Keeps what its caller said of the trace. */
function newChild(caller: NonRecordingSpan): NonRecordingSpan {
  const { traceId, isRemote } = caller;
  const isSampled = settings.sampler.isSampled(traceId, caller.isSampled, isRemote);
  if (!isSampled && !isRemote && !caller.isSampled) return caller;
  const flags = (caller.flags & randomFlag) | (isSampled ? sampledFlag : 0);
  return new NonRecordingSpan(traceId, randomWord(), randomWord(), flags, false, caller.traceState);
}
