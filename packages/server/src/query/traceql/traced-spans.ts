/** A trace put together from its spans: who called whom, and what queries may ask of the whole. */
import type { SpanFacts } from './span-facts.ts';
import type { TracedSpan } from './span-values.ts';

/** By start, then by id. @param spans all of one trace, in any order */
export function tracedSpans(spans: readonly SpanFacts[]): TracedSpan[] {
  const trace = { root: rootOf(spans), durationNano: durationOf(spans) };
  const traced = [...spans].sort(byStart).map(
    (span, index): TracedSpan => ({
      ...span,
      index,
      parent: undefined,
      childCount: 0,
      nestedSet: { left: 0, right: 0, parent: 0 },
      trace,
    }),
  );
  const children = connect(traced);
  number(traced, children);
  return traced;
}

function byStart(a: SpanFacts, b: SpanFacts): number {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
  return a.spanId < b.spanId ? -1 : 1;
}

function rootOf(spans: readonly SpanFacts[]): SpanFacts | undefined {
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === '');
  return roots.sort(byStart)[0];
}

function durationOf(spans: readonly SpanFacts[]): bigint {
  let [start, end] = [spans[0]?.startUnixNano ?? 0n, 0n];
  for (const span of spans) {
    if (span.startUnixNano < start) start = span.startUnixNano;
    if (span.endUnixNano > end) end = span.endUnixNano;
  }
  return end - start;
}

/** @returns the children of each span, by its index */
function connect(spans: readonly TracedSpan[]): TracedSpan[][] {
  const byId = new Map<string, TracedSpan>();
  for (const span of spans) if (!byId.has(span.spanId)) byId.set(span.spanId, span);
  const children: TracedSpan[][] = spans.map(() => []);
  for (const span of spans) {
    const parent = byId.get(span.parentSpanId);
    if (!parent || parent === span) continue;
    span.parent = parent;
    parent.childCount++;
    children[parent.index]?.push(span);
  }
  return children;
}

/**
 * Numbers as of brackets around each span and what is below it, from 1, roots by start. What hangs on
 * a span that is not there keeps 0.
 */
function number(spans: readonly TracedSpan[], children: readonly TracedSpan[][]): void {
  let next = 1;
  for (const root of spans.filter(({ parentSpanId }) => parentSpanId === '')) {
    root.nestedSet = { left: next++, right: 0, parent: -1 };
    const open: { span: TracedSpan; at: number }[] = [{ span: root, at: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const child = children[top.span.index]?.[top.at++];
      if (child) {
        child.nestedSet = { left: next++, right: 0, parent: top.span.nestedSet.left };
        open.push({ span: child, at: 0 });
      } else {
        top.span.nestedSet = { ...top.span.nestedSet, right: next++ };
        open.pop();
      }
    }
  }
}
