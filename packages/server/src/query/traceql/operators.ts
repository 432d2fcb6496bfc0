/**
 * How strongly operators bind, as in Tempo: `&&` and `||` alike and from left to right, comparisons and what stands
 * between spansets alike, then sums, products, powers; only `^` from right to left.
 */
import type { ArithmeticOperator, BinaryOperator, OrderOperator, SpansetOperator } from './ast.ts';

export const spansetOperators: readonly SpansetOperator[] = [
  ...(['&&', '||'] as const),
  ...(['>', '>>', '<', '<<', '~'] as const).flatMap((relation) => [relation, `!${relation}`, `&${relation}`] as const),
];

export const orderOperators: readonly OrderOperator[] = ['=', '!=', '<', '<=', '>', '>='];
export const arithmeticOperators: readonly ArithmeticOperator[] = ['+', '-', '*', '/', '%', '^'];
export const fieldOperators: readonly BinaryOperator[] = [
  '&&',
  '||',
  ...orderOperators,
  '=~',
  '!~',
  ...arithmeticOperators,
];

export type Operator = BinaryOperator | SpansetOperator;

export const lowestPrecedence = 1;
/** A sign takes products and powers with it: `-a * b` is `-(a * b)`. */
export const prefixPrecedence = 4;

export function precedenceOf(operator: Operator): number {
  if (operator === '&&' || operator === '||') return lowestPrecedence;
  if (operator === '+' || operator === '-') return 3;
  if (operator === '*' || operator === '/' || operator === '%') return 4;
  return operator === '^' ? 5 : 2;
}

/** What an operator's right side must at least bind with. */
export function rightPrecedenceOf(operator: Operator): number {
  return precedenceOf(operator) + (operator === '^' ? 0 : 1);
}
