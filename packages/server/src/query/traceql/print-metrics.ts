import type { Field, MetricsAggregate, MetricsExpression } from './ast.ts';
import { printFloat, printNumber } from './literals.ts';
import { precedenceOf, rightPrecedenceOf } from './operators.ts';
import { printFieldExpression } from './print-field.ts';
import { printPipeline, printSpansets } from './print-pipeline.ts';

export function printMetrics(expression: MetricsExpression): string {
  switch (expression.kind) {
    case 'metrics-pipeline':
      return `${printPipeline(expression.pipeline)} | ${printAggregate(expression.aggregate)}`;
    case 'topk':
    case 'bottomk':
      return `${printMetrics(expression.of)} | ${expression.kind}(${expression.limit})`;
    case 'metrics-filter':
      return `${printMetrics(expression.of)} ${expression.operator} ${printNumber(expression.value)}`;
    case 'metrics-constant':
      return Number.isSafeInteger(expression.value) ? String(expression.value) : printFloat(expression.value);
    case 'metrics-operation': {
      const { operator, left, right } = expression;
      return `${printSide(left, precedenceOf(operator))} ${operator} ${printSide(right, rightPrecedenceOf(operator))}`;
    }
  }
}

function printSide(expression: MetricsExpression, minimum: number): string {
  const isBare =
    expression.kind === 'metrics-constant' ||
    (expression.kind === 'metrics-operation' && precedenceOf(expression.operator) >= minimum);
  return isBare ? printMetrics(expression) : `(${printMetrics(expression)})`;
}

export function printAggregate(aggregate: MetricsAggregate): string {
  switch (aggregate.function) {
    case 'rate':
    case 'count_over_time':
      return `${aggregate.function}()${printBy(aggregate.by)}`;
    case 'quantile_over_time':
      return `quantile_over_time(${[printFieldExpression(aggregate.of), ...aggregate.quantiles].join(', ')})${printBy(aggregate.by)}`;
    case 'compare': {
      const { selection, limit, range } = aggregate;
      const numbers = range ? [limit, range.startUnixNano, range.endUnixNano] : limit === 10 ? [] : [limit];
      return `compare(${[printSpansets(selection, 0), ...numbers].join(', ')})`;
    }
    default:
      return `${aggregate.function}(${printFieldExpression(aggregate.of)})${printBy(aggregate.by)}`;
  }
}

function printBy(by: readonly Field[]): string {
  return by.length === 0 ? '' : ` by (${by.map((field) => printFieldExpression(field)).join(', ')})`;
}
