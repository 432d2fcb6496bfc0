/**
 * Arithmetic on the numbers of a query: integers (64 bits, which wrap around) stay integers, `/` then cuts off towards
 * zero; powers, and whatever has a float or a duration on either side, are the floats'.
 */
import type { ArithmeticOperator } from './ast.ts';

export type NumericValue =
  | { type: 'int'; value: bigint }
  | { type: 'duration'; value: bigint }
  | { type: 'float'; value: number };

/** @returns undefined where an integer is divided by zero */
export function calculate(
  operator: ArithmeticOperator,
  left: NumericValue,
  right: NumericValue,
): NumericValue | undefined {
  if (left.type !== 'int' || right.type !== 'int' || operator === '^') {
    return { type: 'float', value: calculateFloat(operator, Number(left.value), Number(right.value)) };
  }
  const value = calculateInt(operator, left.value, right.value);
  return value === undefined ? undefined : { type: 'int', value: BigInt.asIntN(64, value) };
}

export function negate(value: NumericValue): NumericValue {
  if (value.type === 'float') return { type: 'float', value: -value.value };
  return { type: value.type, value: BigInt.asIntN(64, -value.value) };
}

function calculateFloat(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '^':
      return left ** right;
  }
}

function calculateInt(operator: Exclude<ArithmeticOperator, '^'>, left: bigint, right: bigint): bigint | undefined {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? undefined : left / right;
    case '%':
      return right === 0n ? undefined : left % right;
  }
}
