/**
 * What a context carries of a span: its ids, flags and trace state, and nothing that grows. It
 * stands for a caller in another process, for an unsampled span, and for a recording span in the
 * context store. There it leads to the {@link Span} only until that ends: a socket or timer that
 * outlives its request keeps this small object alive, never a finished span, and no parents.
 */
import type * as api from '@opentelemetry/api';
import { hexOfSpanId, isHex, readTraceId, readWord, TraceId } from './ids.ts';
import type { Span } from './span.ts';
import { normalizeTraceState, parseTraceState } from './trace-state.ts';

/** W3C trace flags: the caller records this trace. */
export const sampledFlag = 0x01;
/** W3C trace flags, level 2: the trace id is random, so that its bits may be sampled by. */
export const randomFlag = 0x02;
/** What is known of the flags; the other bits are not passed on. */
export const knownFlags: number = sampledFlag | randomFlag;

export class NonRecordingSpan implements api.Span {
  readonly traceId: TraceId;
  readonly idHigh: number;
  readonly idLow: number;
  readonly flags: number;
  /** Whether it came from another process. */
  readonly isRemote: boolean;
  /** The W3C `tracestate` header, checked and normalised; empty where there is none. */
  readonly traceState: string;
  /** The span that this stands for, while it has not ended. */
  recording: Span | undefined = undefined;
  #context: api.SpanContext | undefined;

  constructor(traceId: TraceId, idHigh: number, idLow: number, flags: number, isRemote: boolean, traceState: string) {
    this.traceId = traceId;
    this.idHigh = idHigh;
    this.idLow = idLow;
    this.flags = flags;
    this.isRemote = isRemote;
    this.traceState = traceState;
  }

  get isSampled(): boolean {
    return (this.flags & sampledFlag) !== 0;
  }

  isValid(): boolean {
    return (this.idHigh | this.idLow) !== 0 && this.traceId.isValid();
  }

  /** 16 lower-case hex digits. */
  spanIdHex(): string {
    return hexOfSpanId(this.idHigh, this.idLow);
  }

  /** The API's form, made when first asked for. */
  spanContext(): api.SpanContext {
    this.#context ??= this.#toSpanContext();
    return this.#context;
  }

  #toSpanContext(): api.SpanContext {
    const context: api.SpanContext = {
      traceId: this.traceId.hex(),
      spanId: this.spanIdHex(),
      traceFlags: this.flags,
    };
    if (this.isRemote) context.isRemote = true;
    if (this.traceState !== '') context.traceState = parseTraceState(this.traceState);
    return context;
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  put(): void {}

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {}

  end(): void {}
}

/** What starts under a suppressed context: nothing, with an invalid span context. */
export const invalidSpan: NonRecordingSpan = new NonRecordingSpan(new TraceId(0, 0, 0, 0), 0, 0, 0, false, '');

/**
 * Reads a span context that somebody else's code made.
 * @returns undefined where its ids are not hex of the right length; all zero ids are read
 */
export function readSpanContext(context: api.SpanContext | undefined): NonRecordingSpan | undefined {
  try {
    return readFields(context);
  } catch {
    return undefined; // a getter or trace state of the program's threw
  }
}

function readFields(context: api.SpanContext | undefined): NonRecordingSpan | undefined {
  if (!isHex(context?.traceId, 32) || !isHex(context.spanId, 16)) return undefined;
  return new NonRecordingSpan(
    readTraceId(context.traceId, 0),
    readWord(context.spanId, 0),
    readWord(context.spanId, 8),
    context.traceFlags & knownFlags,
    context.isRemote === true,
    normalizeTraceState(context.traceState?.serialize() ?? ''),
  );
}
