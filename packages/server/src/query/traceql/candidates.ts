/**
 * What can be said in SQL of the traces that a pipeline finds, before it is evaluated: what each span of its answer fulfils, and what
 * spans the trace must have besides. True of all that it finds, and of others.
 */
import type { CountedConditions } from '../search-query.ts';
import type { SpansetExpression, SpansetOperation, Stage } from './ast.ts';
import { allOf, anyOf, type ConditionSql, conditionSql, conjuncts } from './condition-sql.ts';
import { countedBy } from './counted.ts';
import type { SqlContext } from './value-sql.ts';

export interface Candidates {
  spans: ConditionSql;
  /** For each, some span of the trace fulfils it, wherever in time. */
  required: ConditionSql[];
}

export function candidatesOf(stages: readonly Stage[], context: SqlContext): Candidates {
  const all = stages.filter(isSpansets).map((stage) => candidatesOfSpansets(stage, context));
  return { spans: allOf(all.map(({ spans }) => spans)), required: all.flatMap(({ required }) => required) };
}

function isSpansets(stage: Stage): stage is Stage & SpansetExpression {
  return (
    stage.kind === 'spanset-filter' ||
    stage.kind === 'spanset-operation' ||
    (stage as { kind: string }).kind === 'pipeline'
  );
}

function candidatesOfSpansets(expression: SpansetExpression, context: SqlContext): Candidates {
  switch (expression.kind) {
    case 'spanset-filter':
      return { spans: conditionSql(expression.condition, context), required: [] };
    case 'pipeline':
      return candidatesOf(expression.stages, context);
    case 'spanset-operation':
      return candidatesOfOperation(expression, context);
  }
}

function candidatesOfOperation({ operator, left, right }: SpansetOperation, context: SqlContext): Candidates {
  const one = candidatesOfSpansets(left, context);
  const other = candidatesOfSpansets(right, context);
  if (operator === '||') return { spans: anyOf([one.spans, other.spans]), required: [] };
  if (operator.startsWith('!')) return other;
  const isUnion = operator.startsWith('&');
  return {
    spans: isUnion ? anyOf([one.spans, other.spans]) : other.spans,
    required: [one.spans, ...one.required, ...(isUnion ? [other.spans] : []), ...other.required],
  };
}

/** What all spans of the answer are counted by. */
export function countedByStages(stages: readonly Stage[]): CountedConditions {
  return Object.assign({}, ...stages.filter(isSpansets).map(countedBySpansets));
}

function countedBySpansets(expression: SpansetExpression): CountedConditions {
  if (expression.kind === 'spanset-filter') return countedBy(conjuncts(expression.condition));
  if (expression.kind === 'pipeline') return countedByStages(expression.stages);
  return expression.operator === '||' || expression.operator.startsWith('&') ? {} : countedBySpansets(expression.right);
}
