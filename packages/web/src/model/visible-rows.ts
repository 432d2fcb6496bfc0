/** Which rows of a trace show, given the spans that are collapsed (by key). */
import type { Trace, TraceSpan } from './trace.ts';

export function visibleRows(trace: Trace, collapsed: ReadonlySet<string>): readonly TraceSpan[] {
  if (collapsed.size === 0) return trace.spans;
  const rows: TraceSpan[] = [];
  for (let i = 0; i < trace.spans.length; ) {
    const span = trace.spans[i] as TraceSpan;
    rows.push(span);
    i += collapsed.has(span.key) ? span.subtreeSize : 1;
  }
  return rows;
}

/** Collapses so that spans of at most `levels` levels show; everything deeper is folded away. */
export function collapsedToLevels(trace: Trace, levels: number): Set<string> {
  const folded = trace.spans.filter((span) => span.depth >= levels - 1 && span.children.length > 0);
  return new Set(folded.map((span) => span.key));
}

/** `collapsed` without those that hide `span`. */
export function revealed(collapsed: ReadonlySet<string>, span: TraceSpan): ReadonlySet<string> {
  const next = new Set(collapsed);
  for (let above = span.parent; above; above = above.parent) next.delete(above.key);
  return next.size === collapsed.size ? collapsed : next;
}
