/** The type of what is said of a span, as far as the query tells: an attribute may hold any. */
import type { FieldExpression } from './ast.ts';
import { type IntrinsicType, intrinsicTypes } from './intrinsics.ts';

export type FieldType = IntrinsicType | 'float' | 'bool' | 'any';

export function typeOf(expression: FieldExpression): FieldType {
  switch (expression.kind) {
    case 'attribute':
      return 'any';
    case 'intrinsic':
      return intrinsicTypes[expression.name];
    case 'literal':
      return expression.type;
    case 'exists':
      return 'bool';
    case 'unary':
      return expression.operator === '!' ? 'bool' : typeOf(expression.operand);
    case 'binary':
      return isArithmetic(expression.operator) ? 'float' : 'bool';
  }
}

export function isArithmetic(operator: string): boolean {
  return '+-*/%^'.includes(operator);
}

export function isNumericType(type: FieldType): boolean {
  return type === 'int' || type === 'float' || type === 'duration' || type === 'any';
}

/** Does it name a field at all? */
export function readsSpan(expression: FieldExpression): boolean {
  switch (expression.kind) {
    case 'attribute':
    case 'intrinsic':
      return true;
    case 'literal':
      return false;
    case 'binary':
      return readsSpan(expression.left) || readsSpan(expression.right);
    default:
      return readsSpan(expression.operand);
  }
}
