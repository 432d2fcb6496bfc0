/** What `>`, `>>`, `<`, `<<` and `~` say of the spans of one trace. Each takes time by the number of spans, however deep they lie. */
import type { StructuralOperator, StructuralRelation } from './ast.ts';
import type { TracedSpan } from './span-values.ts';

/** The spans that the operator selects, by their place in the trace. */
export function related(
  operator: StructuralOperator,
  left: readonly TracedSpan[],
  right: readonly TracedSpan[],
): TracedSpan[] {
  const relation = operator.replace(/^[!&]/, '') as StructuralRelation;
  const related = right.filter(relatedTo(relation, left));
  if (operator.startsWith('!')) {
    const without = new Set(related);
    return right.filter((span) => !without.has(span));
  }
  if (!operator.startsWith('&')) return related;
  return union(left.filter(relatedTo(opposites[relation], right)), related);
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
      const parents = new Set(others);
      return ({ parent }) => parent !== undefined && parents.has(parent);
    }
    case '<': {
      const parents = new Set(others.map(({ parent }) => parent));
      return (span) => parents.has(span);
    }
    case '>>':
      return below(new Set(others));
    case '<<': {
      const ancestors = ancestorsOf(others);
      return (span) => ancestors.has(span);
    }
    case '~':
      return besides(others);
  }
}

/** What was found for a span is kept, so that each is looked at once; also where parents go round in a circle. */
function below(ancestors: ReadonlySet<TracedSpan>): (span: TracedSpan) => boolean {
  const known = new Map<TracedSpan, boolean>();
  return (span) => {
    const path: TracedSpan[] = [];
    let found = known.get(span);
    for (let at: TracedSpan | undefined = span; at && found === undefined; at = at.parent) {
      path.push(at);
      known.set(at, false);
      found = at.parent === undefined ? false : ancestors.has(at.parent) || known.get(at.parent);
    }
    for (const each of path) known.set(each, found ?? false);
    return found ?? false;
  };
}

function ancestorsOf(spans: readonly TracedSpan[]): Set<TracedSpan> {
  const ancestors = new Set<TracedSpan>();
  for (const { parent } of spans) {
    for (let at = parent; at && !ancestors.has(at); at = at.parent) ancestors.add(at);
  }
  return ancestors;
}

function besides(others: readonly TracedSpan[]): (span: TracedSpan) => boolean {
  const counts = new Map<TracedSpan, number>();
  const own = new Set(others);
  for (const { parent } of others) if (parent) counts.set(parent, (counts.get(parent) ?? 0) + 1);
  return (span) => span.parent !== undefined && (counts.get(span.parent) ?? 0) > (own.has(span) ? 1 : 0);
}
