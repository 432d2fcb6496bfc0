/**
 * A trace put together from its spans: who called whom, and what queries may ask of the whole. Spans are connected by ids
 * alone: those that share one, as Zipkin's clients and servers do, share their children and what is above them.
 */
import type { SpanFacts } from './span-facts.ts';
import type { TracedSpan } from './span-values.ts';

/** By start, then id, then kind. @param spans all of one trace, in any order */
export function tracedSpans(spans: readonly SpanFacts[]): TracedSpan[] {
  const sorted = [...spans].sort(inOrder);
  const byId = new Map<string, TracedSpan[]>();
  const children = new Map<string, TracedSpan[]>();
  const trace = {
    root: sorted.find(({ parentSpanId }) => parentSpanId === ''),
    durationNano: durationOf(sorted),
    byId,
    children,
  };
  const traced = sorted.map(
    (span, index): TracedSpan => ({ ...span, index, nestedSet: { left: 0, right: 0, parent: 0 }, trace }),
  );
  for (const span of traced) {
    add(byId, span.spanId, span);
    if (span.parentSpanId) add(children, span.parentSpanId, span);
  }
  number(traced, children);
  return traced;
}

function inOrder(a: SpanFacts, b: SpanFacts): number {
  if (a.startUnixNano !== b.startUnixNano) return a.startUnixNano < b.startUnixNano ? -1 : 1;
  if (a.spanId !== b.spanId) return a.spanId < b.spanId ? -1 : 1;
  return a.kind - b.kind;
}

function durationOf(sorted: readonly SpanFacts[]): bigint {
  let end = 0n;
  for (const span of sorted) if (span.endUnixNano > end) end = span.endUnixNano;
  return end - (sorted[0]?.startUnixNano ?? 0n);
}

function add(all: Map<string, TracedSpan[]>, key: string, span: TracedSpan): void {
  const known = all.get(key);
  if (known) known.push(span);
  else all.set(key, [span]);
}

/** Numbers as of brackets around each span and what is below it, from 1; what no root is above keeps 0. */
function number(spans: readonly TracedSpan[], children: ReadonlyMap<string, TracedSpan[]>): void {
  let next = 1;
  for (const root of spans.filter(({ parentSpanId }) => parentSpanId === '')) {
    if (root.nestedSet.left > 0) continue;
    root.nestedSet = { left: next++, right: 0, parent: -1 };
    const open = [{ span: root, at: 0 }];
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const child = children.get(top.span.spanId)?.[top.at++];
      if (!child) {
        top.span.nestedSet.right = next++;
        open.pop();
      } else if (child.nestedSet.left === 0) {
        child.nestedSet = { left: next++, right: 0, parent: top.span.nestedSet.left };
        open.push({ span: child, at: 0 });
      }
    }
  }
}
