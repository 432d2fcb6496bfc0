/** What `>`, `>>`, `<`, `<<` and `~` say of the spans of one trace. Each takes time by the number of spans, however deep they lie. */
import type { StructuralOperator, StructuralRelation } from './ast.ts';
import type { TracedSpan } from './span-values.ts';

/** The spans that the operator selects, in the trace's order. */
export function related(
  operator: StructuralOperator,
  left: readonly TracedSpan[],
  right: readonly TracedSpan[],
): TracedSpan[] {
  const relation = operator.replace(/^[!&]/, '') as StructuralRelation;
  const isRelated = relatedTo(relation, left);
  if (operator.startsWith('!')) return right.filter((span) => !isRelated(span));
  const found = right.filter(isRelated);
  return operator.startsWith('&') ? union(left.filter(relatedTo(opposites[relation], right)), found) : found;
}

export function union(left: readonly TracedSpan[], right: readonly TracedSpan[]): TracedSpan[] {
  return [...new Set([...left, ...right])].sort((a, b) => a.index - b.index);
}

const opposites: Readonly<Record<StructuralRelation, StructuralRelation>> = {
  '>': '<',
  '>>': '<<',
  '<': '>',
  '<<': '>>',
  '~': '~',
};

/** @returns whether a span stands in the relation to any of the others */
function relatedTo(relation: StructuralRelation, others: readonly TracedSpan[]): (span: TracedSpan) => boolean {
  switch (relation) {
    case '>': {
      const ids = new Set(others.map(({ spanId }) => spanId));
      return ({ parentSpanId }) => ids.has(parentSpanId);
    }
    case '<': {
      const ids = new Set(others.map(({ parentSpanId }) => parentSpanId));
      return ({ spanId }) => ids.has(spanId);
    }
    case '>>': {
      // What shares an id with a descendant need not be one: its own parent decides.
      const ids = reachable(others, ({ spanId }, { children }) =>
        (children.get(spanId) ?? []).map((each) => each.spanId),
      );
      for (const { spanId } of others) ids.add(spanId);
      return ({ parentSpanId }) => ids.has(parentSpanId);
    }
    case '<<': {
      const ids = reachable(others, ({ parentSpanId }) => [parentSpanId]);
      return ({ spanId }) => ids.has(spanId);
    }
    case '~':
      return besides(others);
  }
}

type Trace = TracedSpan['trace'];

/** The ids that some of the spans lead to, step by step; their own only where a circle leads back to them. */
function reachable(
  spans: readonly TracedSpan[],
  step: (span: TracedSpan, trace: Trace) => readonly string[],
): Set<string> {
  const found = new Set<string>();
  const waiting = [...spans];
  for (let span = waiting.pop(); span; span = waiting.pop()) {
    for (const id of step(span, span.trace)) {
      if (found.has(id)) continue;
      found.add(id);
      waiting.push(...(span.trace.byId.get(id) ?? []));
    }
  }
  return found;
}

function besides(others: readonly TracedSpan[]): (span: TracedSpan) => boolean {
  const byParent = new Map<string, Set<string>>();
  for (const { spanId, parentSpanId } of others) {
    const known = byParent.get(parentSpanId);
    if (known) known.add(spanId);
    else byParent.set(parentSpanId, new Set([spanId]));
  }
  return ({ spanId, parentSpanId }) => {
    const ids = parentSpanId ? byParent.get(parentSpanId) : undefined;
    return ids !== undefined && ids.size > (ids.has(spanId) ? 1 : 0);
  };
}
