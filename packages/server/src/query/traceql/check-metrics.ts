import type { Compare, MetricsAggregate, MetricsExpression } from './ast.ts';
import { checkCondition, expectNumber } from './check-field.ts';
import { checkPipeline } from './check-pipeline.ts';
import { QueryError } from './query-error.ts';

/** @throws QueryError */
export function checkMetrics(expression: MetricsExpression): void {
  switch (expression.kind) {
    case 'metrics-pipeline':
      checkPipeline(expression.pipeline);
      checkAggregate(expression.aggregate);
      break;
    case 'metrics-operation':
      checkPart(expression.left);
      checkPart(expression.right);
      break;
    case 'metrics-constant':
      break;
    default:
      checkPart(expression.of);
  }
}

function checkPart(expression: MetricsExpression): void {
  checkMetrics(expression);
  if (expression.kind !== 'metrics-pipeline' || expression.aggregate.function !== 'compare') return;
  throw new QueryError(
    'compare stands alone: no arithmetic, threshold, topk or bottomk with it.',
    expression.aggregate,
  );
}

const maxGroups = 5;
const maxCompared = 1000;

function checkAggregate(aggregate: MetricsAggregate): void {
  if (aggregate.function === 'compare') {
    checkCompare(aggregate);
    return;
  }
  if ('of' in aggregate) expectNumber(aggregate.of, `what ${aggregate.function} is calculated from`);
  const tooMany = aggregate.by[maxGroups];
  if (tooMany) throw new QueryError(`Metrics are grouped by at most ${maxGroups} fields.`, tooMany);
}

function checkCompare({ selection, limit, range, from, to }: Compare): void {
  if (selection.condition) checkCondition(selection.condition);
  if (limit < 1 || limit > maxCompared) {
    throw new QueryError(`compare gives 1 to ${maxCompared} values for each attribute, not ${limit}.`, { from, to });
  }
  if (range && range.startUnixNano >= range.endUnixNano) {
    throw new QueryError('The selection of compare ends before it starts: its start comes first.', { from, to });
  }
}
