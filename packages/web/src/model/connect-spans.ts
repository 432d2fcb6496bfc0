/**
 * Hangs every span under its parent and gives it its row. No recursion, since a trace of 100,000
 * spans may be 100,000 levels deep.
 */
import type { TraceSpan } from './trace.ts';

export interface Forest {
  /** In row order: every span before its children. */
  spans: TraceSpan[];
  roots: TraceSpan[];
  byId: Map<string, TraceSpan>;
}

export function connectSpans(unordered: readonly TraceSpan[]): Forest {
  const { spans, byId } = withUniqueKeys(unordered);
  for (const span of spans) findParent(span, byId);
  cutCycles(spans);
  const roots: TraceSpan[] = [];
  for (const span of [...spans].sort(byStart)) {
    if (span.parent) span.parent.children.push(span);
    else roots.push(span);
  }
  const rows = rowOrder(roots);
  addUp(rows);
  for (const span of rows) noteClockSkew(span);
  return { spans: rows, roots, byId };
}

function withUniqueKeys(unordered: readonly TraceSpan[]): { spans: TraceSpan[]; byId: Map<string, TraceSpan> } {
  const byId = new Map<string, TraceSpan>();
  const seen = new Map<string, number>();
  const spans = unordered.map((span) => {
    const count = (seen.get(span.id) ?? 0) + 1;
    seen.set(span.id, count);
    if (count === 1) {
      byId.set(span.id, span);
      return span;
    }
    return { ...span, key: `${span.id}#${count}`, issues: [...span.issues, { kind: 'duplicate-id' as const }] };
  });
  return { spans, byId };
}

function findParent(span: TraceSpan, byId: ReadonlyMap<string, TraceSpan>): void {
  const parentId = span.raw.parentSpanId;
  if (!parentId || /^0*$/.test(parentId)) return;
  const parent = byId.get(parentId);
  if (!parent) span.issues.push({ kind: 'missing-parent', parentId });
  else if (parent === span) span.issues.push({ kind: 'cyclic-parent', parentId });
  else span.parent = parent;
}

/** A loop of parents has no top: the span of it that started first becomes a root. */
function cutCycles(spans: readonly TraceSpan[]): void {
  const settled = new Set<TraceSpan>();
  for (const first of spans) {
    const walk = new Set<TraceSpan>();
    let span: TraceSpan | undefined = first;
    while (span && !settled.has(span) && !walk.has(span)) {
      walk.add(span);
      span = span.parent;
    }
    if (span && walk.has(span)) cutLoopAt(span);
    for (const visited of walk) settled.add(visited);
  }
}

function cutLoopAt(member: TraceSpan): void {
  let top = member;
  for (let span = member.parent; span && span !== member; span = span.parent) {
    if (byStart(span, top) < 0) top = span;
  }
  top.issues.push({ kind: 'cyclic-parent', parentId: top.parent?.id ?? '' });
  top.parent = undefined;
}

/** Of two that start together the longer comes first: it is more likely the cause of the other. */
function byStart(a: TraceSpan, b: TraceSpan): number {
  return a.start - b.start || b.duration - a.duration;
}

function rowOrder(roots: readonly TraceSpan[]): TraceSpan[] {
  const rows: TraceSpan[] = [];
  const stack = [...roots].reverse();
  for (let span = stack.pop(); span; span = stack.pop()) {
    span.index = rows.length;
    span.depth = span.parent ? span.parent.depth + 1 : 0;
    rows.push(span);
    for (let i = span.children.length - 1; i >= 0; i--) stack.push(span.children[i] as TraceSpan);
  }
  return rows;
}

function addUp(rows: readonly TraceSpan[]): void {
  for (let i = rows.length - 1; i >= 0; i--) {
    const span = rows[i] as TraceSpan;
    if (!span.parent) continue;
    span.parent.subtreeSize += span.subtreeSize;
    span.parent.errorsBelow += span.errorsBelow + (span.isError ? 1 : 0);
  }
}

function noteClockSkew(span: TraceSpan): void {
  const { parent } = span;
  if (!parent || parent.resource === span.resource || span.start >= parent.start) return;
  span.issues.push({ kind: 'clock-skew', byNano: parent.start - span.start });
}
