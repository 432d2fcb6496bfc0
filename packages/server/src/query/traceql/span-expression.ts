/** What a query says of one span, once the span has been read: compiled into functions, since it is asked of many. */
import { calculate, type NumericValue, negate } from './arithmetic.ts';
import type { ArithmeticOperator, BinaryOperation, ComparisonOperator, FieldExpression, Literal } from './ast.ts';
import { fieldValue, type TracedSpan, type Value } from './span-values.ts';

/** @returns undefined for nil */
export type SpanFunction = (span: TracedSpan) => Value | undefined;
export type SpanTest = (span: TracedSpan) => boolean;

export function compileTest(condition: FieldExpression | undefined): SpanTest {
  if (!condition) return () => true;
  const value = compileExpression(condition);
  return (span) => isTrue(value(span));
}

export function compileExpression(expression: FieldExpression): SpanFunction {
  switch (expression.kind) {
    case 'attribute':
    case 'intrinsic':
      return (span) => fieldValue(expression, span);
    case 'literal': {
      const value = literalValue(expression);
      return () => value;
    }
    case 'exists': {
      const operand = compileExpression(expression.operand);
      return (span) => bool((operand(span) === undefined) === expression.negated);
    }
    case 'unary': {
      const operand = compileExpression(expression.operand);
      if (expression.operator === '!') return (span) => bool(!isTrue(operand(span)));
      return (span) => mapNumber(operand(span), negate);
    }
    case 'binary':
      return compileBinary(expression);
  }
}

function compileBinary({ operator, left, right }: BinaryOperation): SpanFunction {
  const [one, other] = [compileExpression(left), compileExpression(right)];
  switch (operator) {
    case '&&':
      return (span) => bool(isTrue(one(span)) && isTrue(other(span)));
    case '||':
      return (span) => bool(isTrue(one(span)) || isTrue(other(span)));
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return (span) => arithmetic(operator, one(span), other(span));
    default: {
      const holds = comparisonOf(operator);
      return (span) => bool(compare(operator, holds, one(span), other(span)));
    }
  }
}

function bool(value: boolean): Value {
  return { type: 'bool', value };
}

function isTrue(value: Value | undefined): boolean {
  return value?.type === 'bool' && value.value;
}

export function literalValue({ type, value }: Literal): Value {
  return { type, value } as Value;
}

export function isNumber(value: Value | undefined): value is NumericValue {
  return value?.type === 'int' || value?.type === 'float' || value?.type === 'duration';
}

function mapNumber(value: Value | undefined, map: (number: NumericValue) => NumericValue): Value | undefined {
  return isNumber(value) ? map(value) : undefined;
}

function arithmetic(
  operator: ArithmeticOperator,
  left: Value | undefined,
  right: Value | undefined,
): Value | undefined {
  return isNumber(left) && isNumber(right) ? calculate(operator, left, right) : undefined;
}

type Comparison = (left: Value, right: Value) => boolean;

/** Of a list each item counts; of two lists, each pair. */
function compare(
  operator: ComparisonOperator,
  holds: Comparison,
  left: Value | undefined,
  right: Value | undefined,
): boolean {
  if (!left || !right) return false;
  if (left.type === 'list') return left.items.some((item) => compare(operator, holds, item, right));
  if (right.type === 'list') return right.items.some((item) => compare(operator, holds, left, item));
  if (left.type !== right.type && !(isNumber(left) && isNumber(right))) return false;
  return holds(left, right);
}

function comparisonOf(operator: ComparisonOperator): Comparison {
  switch (operator) {
    case '=':
      // Integers are equal to floats of the same value.
      // biome-ignore lint/suspicious/noDoubleEquals: 5n === 5 is false, and types that do not fit do not come here.
      return (left, right) => scalar(left) == scalar(right);
    case '!=':
      // biome-ignore lint/suspicious/noDoubleEquals: as above
      return (left, right) => scalar(left) != scalar(right);
    case '<':
      return (left, right) => scalar(left) < scalar(right);
    case '<=':
      return (left, right) => scalar(left) <= scalar(right);
    case '>':
      return (left, right) => scalar(left) > scalar(right);
    case '>=':
      return (left, right) => scalar(left) >= scalar(right);
    case '=~':
      return (left, right) => matches(left, right);
    case '!~':
      return (left, right) => isTexts(left, right) && !matches(left, right);
  }
}

function scalar(value: Value): string | number | bigint | boolean {
  return value.type === 'list' ? '' : value.value;
}

const patterns = new Map<string, RegExp>();
const maxPatterns = 100;

function matches(text: Value, pattern: Value): boolean {
  return isTexts(text, pattern) && compiledPattern(String(scalar(pattern))).test(String(scalar(text)));
}

function isTexts(left: Value, right: Value): boolean {
  return left.type === 'string' && right.type === 'string';
}

/** A pattern stands for the whole text. */
function compiledPattern(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known) return known;
  if (patterns.size >= maxPatterns) patterns.clear();
  const compiled = new RegExp(`^(?:${pattern})$`, 'su');
  patterns.set(pattern, compiled);
  return compiled;
}
