/**
 * What a query says of one span, in SQL over a row of `spans`. Most of the language can be said exactly; where it cannot
 * (facts of the whole trace, the attributes of events), the SQL is true for at least the spans that fulfil the condition,
 * and says that it is not exact.
 */
import { mayHold } from '../attribute-maps.ts';
import type { BinaryOperation, ComparisonOperator, Exists, FieldExpression, Literal, UnaryOperation } from './ast.ts';
import { type SqlContext, type SqlType, type SqlValue, valuesOf } from './value-sql.ts';
import { withWholeIds } from './whole-ids.ts';

export interface ConditionSql {
  sql: string;
  /** Whether it is true for those spans only. */
  isExact: boolean;
  /** Maps take longest to read. */
  readsMaps: boolean;
}

const everySpan: ConditionSql = { sql: 'true', isExact: true, readsMaps: false };
const perhaps: ConditionSql = { ...everySpan, isExact: false };
const noSpan: ConditionSql = { ...everySpan, sql: 'false' };

export function conditionSql(expression: FieldExpression | undefined, context: SqlContext): ConditionSql {
  if (!expression) return everySpan;
  switch (expression.kind) {
    case 'binary':
      return binaryCondition(expression, context);
    case 'unary':
      return unaryCondition(expression, context);
    case 'exists':
      return existsCondition(expression, context);
    default:
      return anyOf(valuesOfExpression(expression, context).map((value) => isBool(value, true)));
  }
}

/** What all must hold of a span, each by itself. */
export function conjuncts(expression: FieldExpression | undefined): FieldExpression[] {
  if (!expression) return [];
  if (expression.kind !== 'binary' || expression.operator !== '&&') return [expression];
  return [...conjuncts(expression.left), ...conjuncts(expression.right)];
}

export function allOf(conditions: readonly ConditionSql[]): ConditionSql {
  return join(conditions, 'AND', 'true', 'false');
}

export function anyOf(conditions: readonly ConditionSql[]): ConditionSql {
  return join(conditions, 'OR', 'false', 'true');
}

/** @param neutral what changes nothing, and @param absorbing what decides */
function join(
  conditions: readonly ConditionSql[],
  operator: 'AND' | 'OR',
  neutral: string,
  absorbing: string,
): ConditionSql {
  const decisive = conditions.find(({ sql, isExact }) => sql === absorbing && isExact);
  if (decisive) return decisive;
  const said = conditions.filter(({ sql }) => sql !== neutral);
  const isExact = conditions.every((condition) => condition.isExact);
  if (said.some(({ sql }) => sql === absorbing)) return { sql: absorbing, isExact, readsMaps: false };
  const [first] = said;
  if (!first) return { sql: neutral, isExact, readsMaps: false };
  const sql = said.length === 1 ? first.sql : `(${said.map((condition) => condition.sql).join(` ${operator} `)})`;
  return { sql, isExact, readsMaps: said.some(({ readsMaps }) => readsMaps) };
}

function not(condition: ConditionSql): ConditionSql {
  return condition.isExact ? { ...condition, sql: `NOT ${condition.sql}` } : perhaps;
}

function binaryCondition(written: BinaryOperation, context: SqlContext): ConditionSql {
  const expression = withWholeIds(written);
  const { operator, left, right } = expression;
  if (operator === '&&' || operator === '||') {
    const sides = [conditionSql(left, context), conditionSql(right, context)];
    return operator === '&&' ? allOf(sides) : anyOf(sides);
  }
  if (!isComparison(operator)) return noSpan;
  const isPattern = operator === '=~' || operator === '!~';
  if (left.kind === 'literal' && right.kind !== 'literal' && !isPattern) {
    return binaryCondition({ ...expression, operator: mirrored[operator], left: right, right: left }, context);
  }
  const lefts = valuesOfExpression(left, context);
  const rights = valuesOfExpression(right, context);
  return anyOf(lefts.flatMap((one) => rights.map((other) => compare(operator, one, other, right, context))));
}

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=~': '=~',
  '!~': '!~',
};

function unaryCondition({ operator, operand }: UnaryOperation, context: SqlContext): ConditionSql {
  if (operator === '-') return noSpan;
  if (isCondition(operand)) return not(conditionSql(operand, context));
  return anyOf(valuesOfExpression(operand, context).map((value) => isBool(value, false)));
}

/** Whether it is true or false of every span, and never nil. */
function isCondition(expression: FieldExpression): boolean {
  if (expression.kind === 'binary') return !/^[-+*/%^]$/.test(expression.operator);
  return expression.kind === 'exists' || (expression.kind === 'unary' && expression.operator === '!');
}

function existsCondition({ negated, operand }: Exists, context: SqlContext): ConditionSql {
  const isField = operand.kind === 'attribute' || operand.kind === 'intrinsic';
  const present = isField
    ? anyOf(
        valuesOf(operand, context).map((value) => ({
          sql: value.present || 'true',
          isExact: value.type !== 'unknown' || value.map !== undefined,
          readsMaps: value.map !== undefined,
        })),
      )
    : perhaps;
  return negated ? not(present) : present;
}

function isComparison(operator: string): operator is ComparisonOperator {
  return /^([=!]~|!?=|[<>]=?)$/.test(operator);
}

/** Of a value that is no comparison itself. */
function isBool(value: SqlValue, wanted: boolean): ConditionSql {
  const readsMaps = value.map !== undefined;
  if (value.type === 'unknown') return { sql: value.present, isExact: false, readsMaps };
  if (value.type !== 'bool' || value.isList) return noSpan;
  if (wanted) return { sql: value.sql, isExact: true, readsMaps };
  return { sql: presentAnd([value], `NOT ${value.sql}`), isExact: true, readsMaps };
}

const statuses = { unset: 0, ok: 1, error: 2 } as const;
const kinds = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

function valuesOfExpression(expression: FieldExpression, context: SqlContext): SqlValue[] {
  switch (expression.kind) {
    case 'attribute':
    case 'intrinsic':
      return valuesOf(expression, context);
    case 'literal':
      return [literalValue(expression, context)];
    case 'unary':
    case 'exists':
    case 'binary': {
      const isArithmetic = expression.kind === 'binary' && /^[-+*/%^]$/.test(expression.operator);
      const isNegation = expression.kind === 'unary' && expression.operator === '-';
      if (isArithmetic || isNegation) return [{ type: 'unknown', sql: '', present: 'true' }];
      const { sql, isExact, readsMaps } = conditionSql(expression, context);
      if (!isExact) return [{ type: 'unknown', sql: '', present: 'true' }];
      return [{ type: 'bool', sql: `(${sql})`, present: '', ...(readsMaps && { map: '' }) }];
    }
  }
}

function literalValue(literal: Literal, { parameters }: SqlContext): SqlValue {
  const present = '';
  switch (literal.type) {
    case 'string':
      return { type: 'string', sql: parameters.bind('String', literal.value), present };
    case 'bool':
      return { type: 'bool', sql: String(literal.value), present };
    case 'status':
      return { type: 'status', sql: String(statuses[literal.value]), present };
    case 'kind':
      return { type: 'kind', sql: String(kinds[literal.value]), present };
    case 'float':
      return { type: 'float', sql: parameters.bind('Float64', literal.value), present };
    default:
      return { type: literal.type, sql: parameters.bind('Int64', literal.value), present };
  }
}

const numeric: ReadonlySet<SqlType> = new Set(['int', 'float', 'duration']);

function compare(
  operator: ComparisonOperator,
  left: SqlValue,
  right: SqlValue,
  written: FieldExpression,
  context: SqlContext,
): ConditionSql {
  const readsMaps = left.map !== undefined || right.map !== undefined;
  if (left.type === 'unknown' || right.type === 'unknown' || (left.isList && right.isList)) {
    const both = [left, right].map(({ present }) => present).filter((sql) => sql && sql !== 'true');
    return { sql: both.length === 0 ? 'true' : `(${both.join(' AND ')})`, isExact: false, readsMaps };
  }
  if (!isComparable(operator, left.type, right.type)) return noSpan;
  if (left.type === 'int' && written.kind === 'literal' && written.type === 'float' && /^!?=$/.test(operator)) {
    return compareAsIntegers(operator, left, written.value, context);
  }
  const equals =
    written.kind === 'literal' && operator === '=' ? equalsLiteral(left, written, right, context) : undefined;
  const sql = equals ?? presentAnd([left, right], comparison(operator, left, right));
  return { sql, isExact: true, readsMaps };
}

/** The index of a map of integers refuses to be asked for any other number. */
function compareAsIntegers(
  operator: ComparisonOperator,
  left: SqlValue,
  value: number,
  context: SqlContext,
): ConditionSql {
  const isInt64 = Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
  if (isInt64) {
    const literal = { kind: 'literal', type: 'int', value: BigInt(value), from: 0, to: 0 } as const;
    return compare(operator, left, literalValue(literal, context), literal, context);
  }
  return operator === '=' ? noSpan : { sql: left.present || 'true', isExact: true, readsMaps: left.map !== undefined };
}

function isComparable(operator: ComparisonOperator, left: SqlType, right: SqlType): boolean {
  if (left === 'string' && right === 'string') return true;
  if (numeric.has(left) && numeric.has(right)) return operator !== '=~' && operator !== '!~';
  return left === right && (operator === '=' || operator === '!=');
}

function presentAnd(values: readonly SqlValue[], sql: string): string {
  const all = [...values.filter(({ isList }) => !isList).map(({ present }) => present), sql].filter(
    (part) => part !== '',
  );
  return all.length === 1 ? sql : `(${all.join(' AND ')})`;
}

function comparison(operator: ComparisonOperator, left: SqlValue, right: SqlValue): string {
  if (left.isList) return `arrayExists(item -> ${scalarComparison(operator, 'item', right.sql)}, ${left.sql})`;
  if (right.isList) return `arrayExists(item -> ${scalarComparison(operator, left.sql, 'item')}, ${right.sql})`;
  return scalarComparison(operator, left.sql, right.sql);
}

/** A pattern stands for the whole text. */
function scalarComparison(operator: ComparisonOperator, left: string, right: string): string {
  if (operator === '=~') return `match(${left}, concat('^(?s:', ${right}, ')$'))`;
  if (operator === '!~') return `NOT match(${left}, concat('^(?s:', ${right}, ')$'))`;
  return `${left} ${operator} ${right}`;
}

/**
 * In the words that an index answers to. A map has its type's zero in place of a missing key, so what is not equal to that needs no
 * look at whether the key is there.
 */
function equalsLiteral(left: SqlValue, literal: Literal, right: SqlValue, context: SqlContext): string | undefined {
  const id = idColumns[left.sql];
  if (id && literal.type === 'string') return idEquals(id, literal.value, context);
  if (left.isList) return left.sql === 'event_name' ? `has(event_name, ${right.sql})` : undefined;
  if (!left.zeroWhereAbsent || isZero(literal)) return undefined;
  const equal = `${left.sql} = ${right.sql}`;
  return left.type === 'string' && left.map ? `(${mayHold(left.map, right.sql)} AND ${equal})` : equal;
}

function isZero({ value }: Literal): boolean {
  return value === '' || value === false || value === 0 || value === 0n;
}

const idColumns: Readonly<Record<string, { column: string; size: number }>> = {
  'lower(hex(span_id))': { column: 'span_id', size: 8 },
  'lower(hex(trace_id))': { column: 'trace_id', size: 16 },
};

function idEquals({ column, size }: { column: string; size: number }, id: string, { parameters }: SqlContext): string {
  const isId = new RegExp(`^[0-9a-f]{${size * 2}}$`).test(id);
  return isId ? `${column} = toFixedString(unhex(${parameters.bind('String', id)}), ${size})` : 'false';
}
