/** What an operator outside of braces makes of its two sides. */

import { calculate } from './arithmetic.ts';
import type {
  ArithmeticOperator,
  Located,
  MetricsConstant,
  MetricsExpression,
  NumericLiteral,
  OrderOperator,
  ScalarExpression,
  SpansetExpression,
} from './ast.ts';
import { checkFinite, checkInt64 } from './literals.ts';
import { isConstant, isMetrics, isScalar, isSpansets, isWholeStage, type Operand } from './operand.ts';
import { arithmeticOperators, type Operator, orderOperators, spansetOperators } from './operators.ts';
import { QueryError } from './query-error.ts';

/** @param at where the operator stands @throws QueryError */
export function combine(operator: Operator, left: Operand, right: Operand, at: Located): Operand {
  const whole = [left, right].find(isWholeStage);
  if (whole) {
    throw new QueryError(
      `${operator} cannot follow or precede this stage: put | between, or parentheses around it.`,
      whole,
    );
  }
  if (isMetrics(left) || isMetrics(right)) return combineMetrics(operator, left, right, at);
  if (isScalar(left) && isScalar(right)) {
    return combineScalars(operator, left as ScalarExpression, right as ScalarExpression, at);
  }
  if (isSpansets(left) && isSpansets(right)) {
    return combineSpansets(operator, left as SpansetExpression, right as SpansetExpression, at);
  }
  throw new QueryError(`${operator} stands between spansets and a number: put | between, as in { } | count() > 2.`, at);
}

function combineSpansets(operator: Operator, left: SpansetExpression, right: SpansetExpression, at: Located): Operand {
  const { from } = left;
  const { to } = right;
  if (isOneOf(spansetOperators, operator)) return { kind: 'spanset-operation', operator, left, right, from, to };
  throw new QueryError(
    `${operator} cannot stand between spansets: write ${spansetOperators.join(' ')}, or put | between.`,
    at,
  );
}

function combineScalars(operator: Operator, left: ScalarExpression, right: ScalarExpression, at: Located): Operand {
  const { from } = left;
  const { to } = right;
  if (isOneOf(arithmeticOperators, operator)) {
    if (isConstant(left) && isConstant(right)) return fold(operator, left, right, at);
    return { kind: 'scalar-operation', operator, left, right, from, to };
  }
  if (!isOneOf(orderOperators, operator)) {
    throw new QueryError(`${operator} cannot stand between numbers: write ${orderOperators.join(' ')}.`, at);
  }
  if (isConstant(left) && isConstant(right)) {
    throw new QueryError('Both sides are constant: compare an aggregate, as in count() > 2.', { from, to });
  }
  return { kind: 'scalar-filter', operator, left, right, from, to };
}

/** Constants are calculated at once. */
function fold(operator: ArithmeticOperator, left: NumericLiteral, right: NumericLiteral, at: Located): NumericLiteral {
  const { from } = left;
  const { to } = right;
  const result = calculate(operator, left, right);
  if (result === undefined) throw new QueryError('This divides by zero.', at);
  const type = foldedType(operator, left, right);
  if (type === undefined) {
    throw new QueryError(
      `${operator} has no meaning between a ${left.type} and a ${right.type}: multiply a duration by a number, or add durations.`,
      at,
    );
  }
  if (type === 'float')
    return { kind: 'literal', type, value: checkFinite(Number(result.value), { from, to }), from, to };
  const value = typeof result.value === 'bigint' ? result.value : BigInt(Math.round(checkFinite(result.value, at)));
  return { kind: 'literal', type, value: checkInt64(value, { from, to }), from, to };
}

/** @returns undefined where durations are taken for numbers */
function foldedType(
  operator: ArithmeticOperator,
  left: NumericLiteral,
  right: NumericLiteral,
): NumericLiteral['type'] | undefined {
  const durations = [left, right].filter(({ type }) => type === 'duration').length;
  if (durations === 0) return left.type === 'int' && right.type === 'int' && operator !== '^' ? 'int' : 'float';
  if (durations === 2)
    return operator === '/' ? 'float' : operator === '+' || operator === '-' ? 'duration' : undefined;
  const isScaled = operator === '*' || (operator === '/' && left.type === 'duration');
  return isScaled ? 'duration' : undefined;
}

function combineMetrics(operator: Operator, left: Operand, right: Operand, at: Located): MetricsExpression {
  const { from } = left;
  const { to } = right;
  if (operator === '+' || operator === '-' || operator === '*' || operator === '/') {
    return { kind: 'metrics-operation', operator, left: metricsSide(left), right: metricsSide(right), from, to };
  }
  if (!isOneOf(orderOperators, operator)) {
    throw new QueryError(
      `${operator} cannot stand between metrics: write + - * / or, before a constant, ${orderOperators.join(' ')}.`,
      at,
    );
  }
  if (isMetrics(left)) return metricsFilter(operator, left, right);
  throw new QueryError('A threshold stands to the right of the metrics, as in ({ } | rate()) > 10.', left);
}

/** @throws QueryError where the threshold is no constant */
export function metricsFilter(operator: OrderOperator, of: MetricsExpression, threshold: Operand): MetricsExpression {
  if (isConstant(threshold)) {
    return { kind: 'metrics-filter', of, operator, value: threshold, from: of.from, to: threshold.to };
  }
  throw new QueryError('Metrics can be compared with a constant only, as in > 10 or > 500ms.', threshold);
}

function metricsSide(operand: Operand): MetricsExpression {
  if (isMetrics(operand)) return operand;
  if (isConstant(operand) && operand.type !== 'duration') return metricsConstant(operand);
  if (isConstant(operand)) {
    throw new QueryError('A duration cannot be calculated with: write a number; durations count in seconds.', operand);
  }
  throw new QueryError('Metrics are calculated with metrics in parentheses, or with constants.', operand);
}

function metricsConstant({ value, from, to }: NumericLiteral): MetricsConstant {
  return { kind: 'metrics-constant', value: Number(value), from, to };
}

function isOneOf<Known extends Operator>(known: readonly Known[], operator: Operator): operator is Known {
  return known.some((each) => each === operator);
}
