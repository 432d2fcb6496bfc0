/** The time in which a span worked itself: its duration without the union of its children's. */
import type { Stretch } from './critical-path.ts';
import type { TraceSpan } from './trace.ts';

export function selfTime(span: TraceSpan): number {
  return selfStretches(span).reduce((sum, { start, end }) => sum + end - start, 0);
}

/** When it did so, in order. Children come in order of their start. */
export function selfStretches(span: TraceSpan): Stretch[] {
  const stretches: Stretch[] = [];
  let free = span.start;
  for (const child of span.children) {
    if (child.start >= span.end) break;
    if (child.start > free) stretches.push({ start: free, end: child.start });
    free = Math.max(free, child.end);
  }
  if (free < span.end) stretches.push({ start: free, end: span.end });
  return stretches;
}
