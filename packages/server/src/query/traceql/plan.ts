/**
 * How a query is answered. What speaks of single spans, however it is written, becomes one condition, which ClickHouse
 * decides by itself; all else is evaluated over whole traces, of which ClickHouse finds the candidates.
 */
import type { FieldExpression, Pipeline, SpansetExpression, Stage } from './ast.ts';
import { isOfTrace } from './fields.ts';

/** Answered with the spans that fulfil the condition; without one, with all. */
export interface SpanPlan {
  kind: 'spans';
  condition?: FieldExpression;
}

export interface TracePlan {
  kind: 'traces';
}

export function planOf(pipeline: Pipeline): SpanPlan | TracePlan {
  const condition = conditionOf(pipeline.stages);
  if (condition === undefined) return { kind: 'traces' };
  return { kind: 'spans', ...(condition === everySpan ? {} : { condition }) };
}

const everySpan = 'every span';
type Condition = FieldExpression | typeof everySpan;

/** @returns undefined where the stages say more than what holds of single spans */
function conditionOf(stages: readonly Stage[]): Condition | undefined {
  let condition: Condition = everySpan;
  for (const stage of stages) {
    if (stage.kind === 'coalesce' || (stage.kind === 'select' && !stage.fields.some(isOfTrace))) continue;
    if (stage.kind === 'scalar-filter' || stage.kind === 'by' || stage.kind === 'select') return undefined;
    const next = conditionOfSpansets(stage);
    if (next === undefined) return undefined;
    condition = both(condition, next);
  }
  return condition;
}

function conditionOfSpansets(expression: SpansetExpression): Condition | undefined {
  if (expression.kind === 'spanset-filter') return expression.condition ?? everySpan;
  if (expression.kind === 'pipeline') return conditionOf(expression.stages);
  if (expression.operator !== '||') return undefined;
  const left = conditionOfSpansets(expression.left);
  const right = conditionOfSpansets(expression.right);
  return left === undefined || right === undefined ? undefined : either(left, right);
}

function both(left: Condition, right: Condition): Condition {
  if (left === everySpan) return right;
  if (right === everySpan) return left;
  return { kind: 'binary', operator: '&&', left, right, from: left.from, to: right.to };
}

function either(left: Condition, right: Condition): Condition {
  if (left === everySpan || right === everySpan) return everySpan;
  return { kind: 'binary', operator: '||', left, right, from: left.from, to: right.to };
}
