import type { BinaryOperation, FieldExpression } from './ast.ts';
import { completeId, idDigits } from './ids.ts';

/** Where an id is compared with a text, with the text completed to an id. */
export function withWholeIds(expression: BinaryOperation): BinaryOperation {
  const { operator, left, right } = expression;
  if (operator !== '=' && operator !== '!=') return expression;
  return { ...expression, left: completed(left, idDigits(right)), right: completed(right, idDigits(left)) };
}

function completed(expression: FieldExpression, digits: number | undefined): FieldExpression {
  const isText = expression.kind === 'literal' && expression.type === 'string';
  return isText && digits ? { ...expression, value: completeId(expression.value, digits) } : expression;
}
