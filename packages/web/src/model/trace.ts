/**
 * A trace as the pages need it: the flat spans of OTLP turned into a forest in the order of its
 * rows. Times are numbers of nanoseconds since the trace's start (exact up to 104 days), so that
 * drawing needs no bigint; the absolute start is kept once.
 *
 * Spans arrive from programs that crash, lose packets and disagree about the time, so nothing
 * here trusts them: a parent may be missing, be the span itself, or be one of its descendants,
 * an id may occur twice, an end may lie before its start. All spans always get a row, and what is
 * odd about one is told in its `issues`.
 */
import type { InstrumentationScope, Resource, Span, SpanKindNumber, TracesData } from '@sightline/wire';
import { attributeText } from './attributes.ts';
import { connectSpans } from './connect-spans.ts';
import { selfTime } from './self-time.ts';

export interface TraceSpan {
  /** Unique in the trace: the span's id, and for a repeated id a number behind it. */
  readonly key: string;
  readonly id: string;
  readonly raw: Span;
  readonly resource: Resource | undefined;
  readonly scope: InstrumentationScope | undefined;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKindNumber;
  readonly isError: boolean;
  /** Nanoseconds since the trace's start. */
  readonly start: number;
  readonly end: number;
  readonly duration: number;
  /** The part of `duration` in which no child ran. */
  selfTime: number;
  parent: TraceSpan | undefined;
  /** In order of their start. */
  children: TraceSpan[];
  /** Row number with everything expanded. */
  index: number;
  /** 0 for a root. */
  depth: number;
  /** Spans from here down, this one included. */
  subtreeSize: number;
  errorsBelow: number;
  issues: SpanIssue[];
}

export type SpanIssue =
  | { kind: 'missing-parent'; parentId: string }
  | { kind: 'cyclic-parent'; parentId: string }
  | { kind: 'duplicate-id' }
  | { kind: 'ends-before-start'; byNano: number }
  /** Starts before its parent, which is another process: the clocks differ at least by this. */
  | { kind: 'clock-skew'; byNano: number };

export interface Trace {
  readonly id: string;
  readonly startUnixNano: bigint;
  /** From the earliest start to the latest end, in nanoseconds. */
  readonly duration: number;
  /** In row order: every span before its children. */
  readonly spans: readonly TraceSpan[];
  readonly roots: readonly TraceSpan[];
  /** The root that gives the trace its name; undefined only for a trace without spans. */
  readonly root: TraceSpan | undefined;
  /** In the order in which they first appear in the rows. */
  readonly services: readonly { name: string; spanCount: number; errorCount: number }[];
  readonly errorCount: number;
  /** Levels of the tree: 1 for a lone root. */
  readonly depth: number;
  readonly byId: ReadonlyMap<string, TraceSpan>;
}

export function buildTrace(id: string, data: TracesData): Trace {
  const { spans: unordered, startUnixNano } = readSpans(data);
  const { spans, roots, byId } = connectSpans(unordered);
  for (const span of spans) span.selfTime = selfTime(span);
  return {
    id,
    startUnixNano,
    duration: spans.reduce((latest, span) => Math.max(latest, span.end), 0),
    spans,
    roots,
    root: roots.find((root) => root.issues.every((issue) => issue.kind !== 'missing-parent')) ?? roots[0],
    services: countServices(spans),
    errorCount: spans.reduce((count, span) => count + (span.isError ? 1 : 0), 0),
    depth: spans.reduce((deepest, span) => Math.max(deepest, span.depth + 1), 0),
    byId,
  };
}

function readSpans(data: TracesData): { spans: TraceSpan[]; startUnixNano: bigint } {
  const startUnixNano = earliestStart(data);
  const spans: TraceSpan[] = [];
  for (const { resource, scopeSpans } of data.resourceSpans) {
    const service = serviceName(resource);
    for (const { scope, spans: raws } of scopeSpans) {
      for (const raw of raws) spans.push(readSpan(raw, resource, scope, service, startUnixNano));
    }
  }
  return { spans, startUnixNano };
}

function earliestStart(data: TracesData): bigint {
  let earliest: bigint | undefined;
  for (const { scopeSpans } of data.resourceSpans) {
    for (const { spans } of scopeSpans) {
      for (const span of spans) {
        const start = BigInt(span.startTimeUnixNano);
        if (earliest === undefined || start < earliest) earliest = start;
      }
    }
  }
  return earliest ?? 0n;
}

function readSpan(
  raw: Span,
  resource: Resource | undefined,
  scope: InstrumentationScope | undefined,
  service: string,
  traceStart: bigint,
): TraceSpan {
  const start = Number(BigInt(raw.startTimeUnixNano) - traceStart);
  const sentEnd = Number(BigInt(raw.endTimeUnixNano) - traceStart);
  const end = Math.max(start, sentEnd);
  return {
    key: raw.spanId,
    id: raw.spanId,
    raw,
    resource,
    scope,
    service,
    name: raw.name || '(no name)',
    kind: raw.kind ?? 0,
    isError: raw.status?.code === 2,
    start,
    end,
    duration: end - start,
    selfTime: 0,
    parent: undefined,
    children: [],
    index: 0,
    depth: 0,
    subtreeSize: 1,
    errorsBelow: 0,
    issues: sentEnd < start ? [{ kind: 'ends-before-start', byNano: start - sentEnd }] : [],
  };
}

function serviceName(resource: Resource | undefined): string {
  const attribute = resource?.attributes.find(({ key }) => key === 'service.name');
  return (attribute && attributeText(attribute.value)) || '(no service.name)';
}

function countServices(spans: readonly TraceSpan[]): Trace['services'] {
  const byName = new Map<string, { name: string; spanCount: number; errorCount: number }>();
  for (const { service, isError } of spans) {
    const figure = byName.get(service) ?? { name: service, spanCount: 0, errorCount: 0 };
    figure.spanCount++;
    if (isError) figure.errorCount++;
    byName.set(service, figure);
  }
  return [...byName.values()];
}
