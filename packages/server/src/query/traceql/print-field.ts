import type { Attribute, FieldExpression, Literal } from './ast.ts';
import { printNumber, printString } from './literals.ts';
import { lowestPrecedence, type Operator, precedenceOf, prefixPrecedence, rightPrecedenceOf } from './operators.ts';

/** @param minimum what binds less strongly needs parentheses */
export function printFieldExpression(expression: FieldExpression, minimum: number = lowestPrecedence): string {
  const isWrapped = strengthOf(expression) < minimum;
  const text = printBare(expression);
  return isWrapped ? `(${text})` : text;
}

function strengthOf(expression: FieldExpression): number {
  switch (expression.kind) {
    case 'binary':
      return precedenceOf(expression.operator);
    case 'exists':
      return precedenceOf('=');
    case 'unary':
      return prefixPrecedence - 1;
    case 'literal':
      return printLiteral(expression).startsWith('-') ? prefixPrecedence - 1 : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function printBare(expression: FieldExpression): string {
  switch (expression.kind) {
    case 'attribute':
      return printAttribute(expression);
    case 'intrinsic':
      return expression.name;
    case 'literal':
      return printLiteral(expression);
    case 'unary':
      return `${expression.operator}${printFieldExpression(expression.operand, prefixPrecedence)}`;
    case 'exists':
      return `${printFieldExpression(expression.operand, precedenceOf('='))} ${expression.negated ? '=' : '!='} nil`;
    case 'binary': {
      const { operator, left, right } = expression;
      const leftMinimum = precedenceOf(operator) + (operator === '^' ? 1 : 0);
      const rightText = printFieldExpression(right, rightPrecedenceOf(operator));
      const isMixed = left.kind === 'binary' && isOtherLogic(operator, left.operator);
      return `${printFieldExpression(left, isMixed ? leftMinimum + 1 : leftMinimum)} ${operator} ${rightText}`;
    }
  }
}

/** `&&` and `||` bind alike, which few expect: mixed, they are written with parentheses. */
export function isOtherLogic(operator: Operator, other: Operator): boolean {
  return (operator === '&&' && other === '||') || (operator === '||' && other === '&&');
}

function printAttribute({ scope, name, parent }: Attribute): string {
  const isPlain = /^[A-Za-z_][\w.:/-]*$/.test(name) && !(parent && /^(?:span|resource)\./.test(name));
  const printed = isPlain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`;
  return `${parent ? 'parent.' : ''}${scope === 'any' ? (parent ? '' : '.') : `${scope}.`}${printed}`;
}

export function printLiteral(literal: Literal): string {
  if (literal.type === 'string') return printString(literal.value);
  if (literal.type === 'int' || literal.type === 'float' || literal.type === 'duration') return printNumber(literal);
  return String(literal.value);
}
