/**
 * Ids in a query may be written in capitals, and without the zeros that they begin with: so Tempo shows them. Compared
 * with `=` and `!=`, the text of an id is completed first.
 */
import type { FieldExpression, IntrinsicName } from './ast.ts';

const digits: Partial<Record<IntrinsicName, number>> = {
  'trace:id': 32,
  'link:traceID': 32,
  'span:id': 16,
  'span:parentID': 16,
  'link:spanID': 16,
};

/** @returns how many hex digits an id has; undefined for what is no id */
export function idDigits(expression: FieldExpression): number | undefined {
  return expression.kind === 'intrinsic' ? digits[expression.name] : undefined;
}

export function completeId(text: string, digitCount: number): string {
  return text.toLowerCase().padStart(digitCount, '0');
}
