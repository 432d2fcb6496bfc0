/**
 * Who is whose child in one trace, whatever arrived: parents that are missing, ids that two spans
 * share (Zipkin gives a call's client and server span one id), and parent ids that form a circle.
 */
import type { SpanKindNumber } from './otlp.ts';

export interface TimedSpan {
  spanId: string;
  /** Absent on a root span. May name a span that never arrived. */
  parentSpanId?: string;
  serviceName: string;
  kind: SpanKindNumber;
  startUnixNano: bigint;
  endUnixNano: bigint;
}

export interface SpanTree {
  /** For each span, the index of its parent, or −1. Free of circles. */
  parents: Int32Array;
  /** Every index once, each after its parent. */
  topDown: Int32Array;
}

const clientKind = 3;
const serverKind = 2;

export function buildSpanTree(spans: readonly TimedSpan[]): SpanTree {
  const byId = indexById(spans);
  const parents = Int32Array.from(spans, (_, index) => findParent(spans, byId, index));
  cutCircles(spans, parents);
  return { parents, topDown: orderTopDown(parents) };
}

function indexById(spans: readonly TimedSpan[]): Map<string, number[]> {
  const byId = new Map<string, number[]>();
  for (const [index, span] of spans.entries()) {
    const same = byId.get(span.spanId);
    if (same) same.push(index);
    else byId.set(span.spanId, [index]);
  }
  return byId;
}

function findParent(spans: readonly TimedSpan[], byId: Map<string, number[]>, index: number): number {
  const span = spans[index] as TimedSpan;
  if (span.kind === serverKind) {
    const otherSide = byId.get(span.spanId)?.find((other) => spans[other]?.kind === clientKind);
    if (otherSide !== undefined) return otherSide;
  }
  if (!span.parentSpanId) return -1;
  const candidates = byId.get(span.parentSpanId)?.filter((other) => other !== index) ?? [];
  return (
    candidates.find((other) => spans[other]?.serviceName === span.serviceName) ??
    candidates.find((other) => spans[other]?.kind === serverKind) ??
    candidates[0] ??
    -1
  );
}

/** In each circle the span that started first becomes a root. */
function cutCircles(spans: readonly TimedSpan[], parents: Int32Array): void {
  const walk = new Int32Array(parents.length);
  for (let first = 0; first < parents.length; first++) {
    let at = first;
    while (at >= 0 && walk[at] === 0) {
      walk[at] = first + 1;
      at = parents[at] as number;
    }
    if (at >= 0 && walk[at] === first + 1) parents[earliestOfCircle(spans, parents, at)] = -1;
  }
}

function earliestOfCircle(spans: readonly TimedSpan[], parents: Int32Array, member: number): number {
  let earliest = member;
  for (let at = parents[member] as number; at !== member; at = parents[at] as number) {
    if ((spans[at] as TimedSpan).startUnixNano < (spans[earliest] as TimedSpan).startUnixNano) earliest = at;
  }
  return earliest;
}

function orderTopDown(parents: Int32Array): Int32Array {
  const children = childrenOf(parents);
  const order = [...(children.get(-1) ?? [])];
  for (const index of order) {
    for (const child of children.get(index) ?? []) order.push(child);
  }
  return Int32Array.from(order);
}

function childrenOf(parents: Int32Array): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const [index, parent] of parents.entries()) {
    const siblings = children.get(parent);
    if (siblings) siblings.push(index);
    else children.set(parent, [index]);
  }
  return children;
}

export interface SpanRow {
  index: number;
  /** 0 for a root. */
  depth: number;
}

/** As a list shows them: every span before its children, siblings in the order of the spans. */
export function spanRows({ parents }: SpanTree): SpanRow[] {
  const children = childrenOf(parents);
  const rows: SpanRow[] = [];
  const stack: SpanRow[] = [];
  const push = (parent: number, depth: number): void => {
    const siblings = children.get(parent) ?? [];
    for (let at = siblings.length - 1; at >= 0; at--) stack.push({ index: siblings[at] as number, depth });
  };
  push(-1, 0);
  // Not by recursion: a trace may be as deep as it has spans.
  for (let row = stack.pop(); row; row = stack.pop()) {
    rows.push(row);
    push(row.index, row.depth + 1);
  }
  return rows;
}
