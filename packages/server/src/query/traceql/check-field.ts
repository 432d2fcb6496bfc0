/** What cannot be meant about a span: each node's types, and patterns that ClickHouse does not take. */
import type { BinaryOperation, Exists, FieldExpression, IntrinsicName } from './ast.ts';
import { type FieldType, isArithmetic, isNumericType, typeOf } from './field-type.ts';
import { patternProblem } from './pattern.ts';
import { QueryError } from './query-error.ts';

/** @throws QueryError */
export function checkCondition(expression: FieldExpression): void {
  checkFieldExpression(expression);
  expectType(expression, 'bool', 'what stands in braces');
}

/** @throws QueryError */
export function checkFieldExpression(expression: FieldExpression): void {
  switch (expression.kind) {
    case 'unary':
      checkFieldExpression(expression.operand);
      if (expression.operator === '!') expectType(expression.operand, 'bool', 'what stands behind !');
      else expectNumber(expression.operand, 'what stands behind -');
      break;
    case 'exists':
      checkFieldExpression(expression.operand);
      checkExists(expression);
      break;
    case 'binary':
      checkFieldExpression(expression.left);
      checkFieldExpression(expression.right);
      checkBinary(expression);
      break;
  }
}

/** The others may be missing: a root has no parent, a span no events. */
const alwaysThere: ReadonlySet<IntrinsicName> = new Set([
  'span:name',
  'span:status',
  'span:statusMessage',
  'span:kind',
  'span:duration',
  'span:id',
  'span:childCount',
  'trace:id',
  'trace:duration',
  'instrumentation:name',
  'instrumentation:version',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
]);

function checkExists({ negated, operand, from, to }: Exists): void {
  if (!negated || operand.kind !== 'intrinsic' || !alwaysThere.has(operand.name)) return;
  throw new QueryError(`${operand.name} is never nil: every span has one.`, { from, to });
}

function checkBinary(expression: BinaryOperation): void {
  const { operator, left, right } = expression;
  if (operator === '&&' || operator === '||') {
    for (const side of [left, right]) expectType(side, 'bool', `a side of ${operator}`);
  } else if (isArithmetic(operator)) {
    for (const side of [left, right]) expectNumber(side, `a side of ${operator}`);
  } else if (operator === '=~' || operator === '!~') {
    checkPattern(expression);
  } else checkComparison(expression);
}

function checkPattern({ operator, left, right }: BinaryOperation): void {
  expectType(left, 'string', `the left side of ${operator}`);
  if (right.kind !== 'literal' || right.type !== 'string') {
    throw new QueryError(`The right side of ${operator} must be a pattern in quotes, for example "GET .*".`, right);
  }
  const problem = patternProblem(right.value);
  if (problem !== undefined) throw new QueryError(`This pattern is not one of RE2: ${problem}.`, right);
}

function checkComparison({ operator, left, right, from, to }: BinaryOperation): void {
  const [leftType, rightType] = [typeOf(left), typeOf(right)];
  if (!isComparable(leftType, rightType)) {
    throw new QueryError(
      `${described(leftType)} cannot be compared with ${described(rightType)}.${hint(leftType, rightType)}`,
      { from, to },
    );
  }
  const unordered = [leftType, rightType].find((type) => type === 'bool' || type === 'status' || type === 'kind');
  if (unordered === undefined || operator === '=' || operator === '!=') return;
  throw new QueryError(`${described(unordered)} can be compared with = and != only, not with ${operator}.`, {
    from,
    to,
  });
}

function isComparable(left: FieldType, right: FieldType): boolean {
  return left === right || left === 'any' || right === 'any' || (isNumericType(left) && isNumericType(right));
}

function hint(left: FieldType, right: FieldType): string {
  const types = [left, right];
  if (!types.includes('string')) return '';
  if (types.includes('duration')) return ' Durations stand without quotes: 100ms, 1.5s.';
  if (types.includes('status')) return ' The statuses stand without quotes: ok, error, unset.';
  if (types.includes('kind')) return ' The kinds stand without quotes: server, client, producer, consumer, internal.';
  return types.includes('int') || types.includes('float') ? ' Numbers stand without quotes.' : '';
}

/** @throws QueryError */
export function expectNumber(expression: FieldExpression, what: string): void {
  const type = typeOf(expression);
  if (isNumericType(type)) return;
  throw new QueryError(`Here ${what} must be a number or a duration, not ${described(type)}.`, expression);
}

function expectType(expression: FieldExpression, wanted: FieldType, what: string): void {
  const type = typeOf(expression);
  if (type === wanted || type === 'any') return;
  const way = wanted === 'bool' ? ': compare it, for example with =' : '';
  throw new QueryError(`Here ${what} must be ${described(wanted)}, not ${described(type)}${way}.`, expression);
}

const descriptions: Record<FieldType, string> = {
  string: 'a string',
  int: 'a number',
  float: 'a number',
  duration: 'a duration',
  bool: 'true or false',
  status: 'a status',
  kind: 'a kind',
  any: 'an attribute',
};

function described(type: FieldType): string {
  return descriptions[type];
}
