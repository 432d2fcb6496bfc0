/**
 * What a query says of one span, once the span has been read: compiled into functions, since it is asked of many. A field may
 * stand for several values: the span's and the resource's where no scope is named, those of all events. A comparison holds if
 * it holds for one of them; whatever else needs a value takes the first.
 */
import { calculate, type NumericValue, negate } from './arithmetic.ts';
import type { BinaryOperation, ComparisonOperator, FieldExpression, Literal } from './ast.ts';
import { fieldValues, type TracedSpan, type Value } from './span-values.ts';
import { withWholeIds } from './whole-ids.ts';

type SpanFunction<Result> = (span: TracedSpan) => Result;

export function compileTest(condition: FieldExpression | undefined): SpanFunction<boolean> {
  if (!condition) return () => true;
  const values = compileValues(condition);
  return (span) => values(span).some(isTrue);
}

/** @returns undefined for nil */
export function compileExpression(expression: FieldExpression): SpanFunction<Value | undefined> {
  const values = compileValues(expression);
  return (span) => values(span)[0];
}

function compileValues(expression: FieldExpression): SpanFunction<readonly Value[]> {
  switch (expression.kind) {
    case 'attribute':
    case 'intrinsic':
      return (span) => fieldValues(expression, span);
    case 'literal': {
      const values = [literalValue(expression)];
      return () => values;
    }
    case 'exists': {
      const operand = compileValues(expression.operand);
      return (span) => bool((operand(span).length === 0) === expression.negated);
    }
    case 'unary': {
      if (expression.operator === '!') {
        const operands = compileValues(expression.operand);
        return (span) => bool(operands(span).some(isFalse));
      }
      const operand = compileExpression(expression.operand);
      return (span) => {
        const value = operand(span);
        return isNumber(value) ? [negate(value)] : none;
      };
    }
    case 'binary':
      return compileBinary(expression);
  }
}

function compileBinary(expression: BinaryOperation): SpanFunction<readonly Value[]> {
  const { operator, left, right } = expression;
  switch (operator) {
    case '&&':
    case '||': {
      const [one, other] = [compileTest(left), compileTest(right)];
      if (operator === '&&') return (span) => bool(one(span) && other(span));
      return (span) => bool(one(span) || other(span));
    }
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^': {
      const [one, other] = [compileExpression(left), compileExpression(right)];
      return (span) => {
        const [a, b] = [one(span), other(span)];
        const result = isNumber(a) && isNumber(b) ? calculate(operator, a, b) : undefined;
        return result ? [result] : none;
      };
    }
    default: {
      const whole = withWholeIds(expression);
      const [lefts, rights] = [compileValues(whole.left), compileValues(whole.right)];
      return (span) => {
        const all = rights(span);
        return bool(lefts(span).some((a) => all.some((b) => compares(operator, a, b))));
      };
    }
  }
}

const none: readonly Value[] = [];
const yes: readonly Value[] = [{ type: 'bool', value: true }];
const no: readonly Value[] = [{ type: 'bool', value: false }];

function bool(value: boolean): readonly Value[] {
  return value ? yes : no;
}

function isTrue(value: Value): boolean {
  return value.type === 'list' ? value.items.some(isTrue) : value.type === 'bool' && value.value;
}

function isFalse(value: Value): boolean {
  return value.type === 'list' ? value.items.some(isFalse) : value.type === 'bool' && !value.value;
}

function literalValue({ type, value }: Literal): Value {
  return { type, value } as Value;
}

export function isNumber(value: Value | undefined): value is NumericValue {
  return value?.type === 'int' || value?.type === 'float' || value?.type === 'duration';
}

/**
 * Only what is of one kind compares. A list equals what one of its items equals, and is unequal where all of
 * them are; two lists do not compare.
 */
function compares(operator: ComparisonOperator, left: Value, right: Value): boolean {
  if (left.type === 'list') {
    return right.type !== 'list' && ofItems(operator, left.items, (item) => compares(operator, item, right));
  }
  if (right.type === 'list') return ofItems(operator, right.items, (item) => compares(operator, left, item));
  if (isNumber(left) && isNumber(right)) return compareNumbers(operator, left.value, right.value);
  if (left.type === 'string' && right.type === 'string') return compareTexts(operator, left.value, right.value);
  if (left.type !== right.type || left.type === 'opaque' || right.type === 'opaque') return false;
  const isEqual = left.value === right.value;
  return operator === '=' ? isEqual : operator === '!=' && !isEqual;
}

function ofItems(operator: ComparisonOperator, items: readonly Value[], holds: (item: Value) => boolean): boolean {
  return operator === '!=' || operator === '!~' ? items.every(holds) : items.some(holds);
}

/** Integers and floats by their value, exactly. */
export function compareNumbers(operator: ComparisonOperator, left: bigint | number, right: bigint | number): boolean {
  switch (operator) {
    case '=':
      return left >= right && left <= right;
    case '!=':
      return !(left >= right && left <= right);
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return false;
  }
}

/** By their bytes, as ClickHouse does. */
function compareTexts(operator: ComparisonOperator, left: string, right: string): boolean {
  switch (operator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '=~':
      return pattern(right).test(left);
    case '!~':
      return !pattern(right).test(left);
    default:
      return compareNumbers(operator, Buffer.compare(Buffer.from(left), Buffer.from(right)), 0);
  }
}

const patterns = new Map<string, RegExp>();
const maxPatterns = 100;

/** It stands for the whole text; `(?i)` at its beginning is RE2's way to say that case does not matter. */
function pattern(source: string): RegExp {
  const known = patterns.get(source);
  if (known) return known;
  if (patterns.size >= maxPatterns) patterns.clear();
  const isCaseless = source.startsWith('(?i)');
  const compiled = new RegExp(`^(?:${isCaseless ? source.slice(4) : source})$`, isCaseless ? 'sui' : 'su');
  patterns.set(source, compiled);
  return compiled;
}
