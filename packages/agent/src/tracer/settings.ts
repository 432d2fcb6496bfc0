import { guard } from '../guard.ts';
import { alwaysOff, type Sampler } from './sampler.ts';
import type { Span } from './span.ts';

/** How much a span may hold; what exceeds it is dropped and counted. Infinity means no limit. */
export interface SpanLimits {
  readonly attributeCount: number;
  /** In characters, or bytes for a byte array. */
  readonly attributeValueLength: number;
  readonly eventCount: number;
  readonly linkCount: number;
  readonly attributeCountPerEvent: number;
  readonly attributeCountPerLink: number;
}

/** @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#span-limits */
export const defaultLimits: SpanLimits = {
  attributeCount: 128,
  attributeValueLength: Number.POSITIVE_INFINITY,
  eventCount: 128,
  linkCount: 128,
  attributeCountPerEvent: 128,
  attributeCountPerLink: 128,
};

export interface TracerOptions {
  sampler: Sampler;
  limits: SpanLimits;
  /**
   * Called as each span ends, in the program's own stack frame: must be quick. May throw; the program does not notice.
   * Undefined where nobody wants to know: then spans have ids for who is called, and record nothing.
   */
  onEnd: ((span: Span) => void) | undefined;
}

/** Requests that the CPU budget has left out of the traces; see budget/. Those that fail or are slow get a span at their end. */
interface LeftOutRequests {
  /** Whether the span that was asked for last, in this very call, is one of them. */
  isLast(): boolean;
  /** At the end of such a request; says why it is kept after all. */
  judge(durationMs: number, hasFailed: boolean): 'error' | 'slow' | undefined;
}

interface TracerSettings extends TracerOptions {
  onEnd: (span: Span) => void;
  /** Whether anybody wants to know of spans. */
  records: boolean;
  /** False before {@link configureTracer} and after {@link shutDownTracer}: no span is made then. */
  active: boolean;
  /** Whether spans do without what is long and costly: texts of queries, stacks of exceptions. */
  reducesDetail: boolean;
  /** Undefined where there is no budget. */
  leftOut: LeftOutRequests | undefined;
}

function drop(): void {}

/** Read by every span; one per process. */
export const settings: TracerSettings = {
  active: false,
  sampler: alwaysOff,
  limits: defaultLimits,
  onEnd: drop,
  records: false,
  reducesDetail: false,
  leftOut: undefined,
};

/** Until this is called, all spans are non-recording. */
export function configureTracer(options: TracerOptions): void {
  settings.sampler = options.sampler;
  settings.limits = options.limits;
  settings.onEnd = guard('span.end', options.onEnd ?? drop);
  settings.records = options.onEnd !== undefined;
  settings.active = true;
}

/** From now on no span is made, and those still open are dropped as they end. */
export function shutDownTracer(): void {
  settings.active = false;
  settings.onEnd = drop;
}
