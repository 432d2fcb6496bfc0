/** For tests: traces in memory, a span with all that a query can ask of it. */
import type { AnyValue, InstrumentationScope, KeyValue, Span, TracesData } from '@sightline/wire';

export interface ModelTrace {
  traceId: string;
  /** By start, then id, then kind. */
  spans: ModelSpan[];
}

export interface ModelSpan {
  span: Span;
  resource: KeyValue[];
  scope: InstrumentationScope;
  start: bigint;
  /** 0 for a span that ends before it starts. */
  duration: bigint;
  /** Numbered on the way down and up the tree from its roots; all 0 outside of it. */
  left: number;
  right: number;
  /** The parent's `left`; −1 of a root. */
  parent: number;
}

/** A span that was sent twice (same id, kind and start) is one span. */
export function modelTraces(all: TracesData): ModelTrace[] {
  const traces = new Map<string, Map<string, ModelSpan>>();
  for (const { resource, scopeSpans } of all.resourceSpans) {
    for (const { scope = {}, spans } of scopeSpans) {
      for (const span of spans) {
        const known = traces.get(span.traceId) ?? new Map<string, ModelSpan>();
        const key = orderOf(span);
        if (!known.has(key)) known.set(key, modelSpan(span, resource?.attributes ?? [], scope));
        traces.set(span.traceId, known);
      }
    }
  }
  return [...traces].map(([traceId, spans]) => {
    const sorted = [...spans].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, span]) => span);
    numberTree(sorted);
    return { traceId, spans: sorted };
  });
}

function orderOf({ startTimeUnixNano, spanId, kind = 0 }: Span): string {
  return `${startTimeUnixNano.padStart(20, '0')} ${spanId} ${kind}`;
}

function modelSpan(span: Span, resource: KeyValue[], scope: InstrumentationScope): ModelSpan {
  const start = BigInt(span.startTimeUnixNano);
  const end = BigInt(span.endTimeUnixNano);
  return { span, resource, scope, start, duration: end > start ? end - start : 0n, left: 0, right: 0, parent: 0 };
}

function numberTree(spans: ModelSpan[]): void {
  let bound = 1;
  const visit = (node: ModelSpan, parent: number): void => {
    if (node.left !== 0) return;
    node.parent = parent;
    node.left = bound++;
    for (const child of spans) {
      if (child.span.parentSpanId === node.span.spanId) visit(child, node.left);
    }
    node.right = bound++;
  };
  for (const root of rootsOf(spans)) visit(root, -1);
}

export function rootsOf(spans: readonly ModelSpan[]): ModelSpan[] {
  return spans.filter(({ span }) => !span.parentSpanId);
}

/** Ids of the parent, its parent and so on, as far as their spans are there; a span's own id too where they go in a circle. */
export function ancestorIds({ span }: ModelSpan, spans: readonly ModelSpan[]): Set<string> {
  const found = new Set<string>();
  const wanted = [span.parentSpanId];
  for (let id = wanted.pop(); id !== undefined || wanted.length > 0; id = wanted.pop()) {
    if (!id || found.has(id)) continue;
    const parents = spans.filter((each) => each.span.spanId === id);
    if (parents.length > 0) found.add(id);
    wanted.push(...parents.map((each) => each.span.parentSpanId));
  }
  return found;
}

export function attributeOf(attributes: readonly KeyValue[] | undefined, key: string): AnyValue | undefined {
  return attributes?.find((attribute) => attribute.key === key)?.value;
}
