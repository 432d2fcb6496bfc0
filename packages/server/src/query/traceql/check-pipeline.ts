import type { FieldExpression, Pipeline, ScalarExpression, SpansetExpression, Stage } from './ast.ts';
import { checkCondition, checkFieldExpression, expectNumber } from './check-field.ts';
import { readsSpan } from './field-type.ts';
import { QueryError } from './query-error.ts';

/** @throws QueryError */
export function checkPipeline({ stages }: Pipeline): void {
  const [first] = stages;
  if (first?.kind === 'coalesce')
    throw new QueryError('coalesce() needs spansets before it: { } | by(name) | coalesce().', first);
  for (const stage of stages) checkStage(stage);
}

function checkStage(stage: Stage): void {
  switch (stage.kind) {
    case 'spanset-filter':
    case 'spanset-operation':
      checkSpansets(stage);
      break;
    case 'scalar-filter':
      checkScalar(stage.left);
      checkScalar(stage.right);
      break;
    case 'by':
      for (const expression of stage.expressions) checkOfSpan(expression, 'by');
      break;
    default:
  }
}

function checkSpansets(expression: SpansetExpression): void {
  if (expression.kind === 'pipeline') checkPipeline(expression);
  if (expression.kind === 'spanset-filter' && expression.condition) checkCondition(expression.condition);
  if (expression.kind !== 'spanset-operation') return;
  for (const side of [expression.left, expression.right]) {
    checkSpansets(side);
    if (expression.operator !== '&&' && expression.operator !== '||') expectOneSpanset(side, expression.operator);
  }
}

/** A structure is one of spans: with several spansets a side, which would be meant? */
function expectOneSpanset(side: SpansetExpression, operator: string): void {
  if (side.kind !== 'pipeline') return;
  const grouping = side.stages.findLast((stage) => stage.kind === 'by' || stage.kind === 'coalesce');
  if (grouping?.kind !== 'by') return;
  throw new QueryError(
    `${operator} takes one spanset on each side, and by makes several: put | coalesce() behind it.`,
    grouping,
  );
}

function checkScalar(expression: ScalarExpression): void {
  if (expression.kind === 'scalar-operation') {
    checkScalar(expression.left);
    checkScalar(expression.right);
  }
  if (expression.kind !== 'aggregate' || expression.function === 'count') return;
  checkOfSpan(expression.of, expression.function);
  expectNumber(expression.of, `what ${expression.function} is calculated from`);
}

function checkOfSpan(expression: FieldExpression, name: string): void {
  checkFieldExpression(expression);
  if (readsSpan(expression)) return;
  throw new QueryError(`${name} needs an attribute or an intrinsic: this is the same for every span.`, expression);
}
