/**
 * A search form as a query, and a query as a form where it is one: conditions on one span, all of which must hold.
 *
 * A form does not say the type of an attribute's value: `http.response.status_code=500` finds the text and the number.
 * So does its query, `(.k = "500" || .k = 500)`; and only both together are read as that form again.
 */
import type { SearchParameters } from '@sightline/wire';
import { parseAttributeFilter } from '../attribute-filter.ts';
import { checkDurations, parseDurationOf } from '../search-query.ts';
import type { Attribute, BinaryOperation, FieldExpression, Literal, Located, SpansetQuery } from './ast.ts';
import { printDuration } from './literals.ts';
import { printFieldExpression } from './print-field.ts';
import { textAlternatives } from './text-alternatives.ts';

export type Form = Pick<SearchParameters, 'service' | 'name' | 'attribute' | 'minDuration' | 'maxDuration' | 'status'>;

/** How a service without a name is shown. */
const noServiceName = '(no service.name)';
const maxAttributes = 20;
const written: Located = { from: 0, to: 0 };
const serviceName: Attribute = { kind: 'attribute', scope: 'resource', name: 'service.name', ...written };

/**
 * @returns undefined where no query says it: nothing equals NaN, and infinity cannot be written
 * @throws InvalidParameter
 */
export function queryOf(form: Form): SpansetQuery | undefined {
  const conditions = conditionsOf(form);
  if (conditions.includes(undefined)) return undefined;
  const condition = (conditions as FieldExpression[]).reduce<FieldExpression | undefined>(
    (left, right) => (left ? binary('&&', left, right) : right),
    undefined,
  );
  const filter = { kind: 'spanset-filter' as const, ...(condition ? { condition } : {}), ...written };
  return { kind: 'search', pipeline: { kind: 'pipeline', stages: [filter], ...written }, hints: [], ...written };
}

function conditionsOf({ service, name, attribute = [], status, ...rest }: Form): (FieldExpression | undefined)[] {
  const min = parseDurationOf('minDuration', rest.minDuration);
  const max = parseDurationOf('maxDuration', rest.maxDuration);
  checkDurations(min, max);
  const all: (FieldExpression | undefined)[] = [];
  if (service !== undefined) all.push(serviceCondition(service));
  if (name !== undefined) all.push(binary('=', intrinsic('span:name'), string(name)));
  if (status !== undefined) {
    all.push(binary('=', intrinsic('span:status'), { kind: 'literal', type: 'status', value: status, ...written }));
  }
  if (min !== undefined) all.push(binary('>=', intrinsic('span:duration'), duration(min)));
  if (max !== undefined) all.push(binary('<=', intrinsic('span:duration'), duration(max)));
  return [...all, ...attribute.map(attributeCondition)];
}

function serviceCondition(service: string): FieldExpression {
  if (service === noServiceName) return { kind: 'exists', negated: true, operand: serviceName, ...written };
  return binary('=', serviceName, string(service));
}

function attributeCondition(text: string): FieldExpression | undefined {
  const { key, value, scope = 'any' } = parseAttributeFilter(text);
  return equalsText({ kind: 'attribute', scope, name: key, ...written }, value);
}

/** What a form finds for a text, whatever the type. */
function equalsText(attribute: Attribute, text: string): FieldExpression | undefined {
  return textAlternatives(text)
    ?.map((literal): FieldExpression => binary('=', attribute, literal))
    .reduce((left, right) => binary('||', left, right));
}

function binary(operator: BinaryOperation['operator'], left: FieldExpression, right: FieldExpression): BinaryOperation {
  return { kind: 'binary', operator, left, right, ...written };
}

function intrinsic(name: 'span:name' | 'span:status' | 'span:duration'): FieldExpression {
  return { kind: 'intrinsic', name, ...written };
}

function string(value: string): Literal {
  return { kind: 'literal', type: 'string', value, ...written };
}

function duration(value: bigint): Literal {
  return { kind: 'literal', type: 'duration', value, ...written };
}

/** @returns undefined where a form says more, or less */
export function formOf({ pipeline }: SpansetQuery): Form | undefined {
  const [filter, ...more] = pipeline.stages;
  if (filter?.kind !== 'spanset-filter' || more.length > 0) return undefined;
  const form: Form = {};
  const all = filter.condition ? conjunction(filter.condition) : [];
  return all.every((condition) => takeCondition(form, condition)) && isForm(form) ? form : undefined;
}

function conjunction(expression: FieldExpression): FieldExpression[] {
  if (expression.kind !== 'binary' || expression.operator !== '&&') return [expression];
  return [...conjunction(expression.left), ...conjunction(expression.right)];
}

function isForm({ attribute = [], minDuration, maxDuration }: Form): boolean {
  const [min, max] = [parseDurationOf('minDuration', minDuration), parseDurationOf('maxDuration', maxDuration)];
  return attribute.length <= maxAttributes && (min === undefined || max === undefined || min <= max);
}

/** @returns false where the form has no field for it, or no more */
function takeCondition(form: Form, condition: FieldExpression): boolean {
  if (condition.kind === 'exists')
    return condition.negated && isService(condition.operand) && take(form, 'service', noServiceName);
  if (condition.kind !== 'binary') return false;
  const { left, right } = condition;
  if (left.kind === 'intrinsic' && right.kind === 'literal') return takeIntrinsic(form, condition, left.name, right);
  const isServiceText =
    condition.operator === '=' && isService(left) && right.kind === 'literal' && right.type === 'string';
  if (isServiceText && right.value !== noServiceName && take(form, 'service', right.value)) return true;
  return takeAttribute(form, condition);
}

function isService(operand: FieldExpression): boolean {
  return printFieldExpression(operand) === printFieldExpression(serviceName);
}

function take<Field extends keyof Form>(form: Form, field: Field, value: NonNullable<Form[Field]>): boolean {
  if (form[field] !== undefined) return false;
  form[field] = value;
  return true;
}

function takeIntrinsic(form: Form, { operator }: BinaryOperation, name: string, literal: Literal): boolean {
  if (name === 'span:name' && operator === '=' && literal.type === 'string') return take(form, 'name', literal.value);
  if (name === 'span:status' && operator === '=' && literal.type === 'status')
    return take(form, 'status', literal.value);
  if (name !== 'span:duration' || literal.type !== 'duration' || literal.value < 0n) return false;
  if (operator === '>=') return take(form, 'minDuration', printDuration(literal.value));
  return operator === '<=' && take(form, 'maxDuration', printDuration(literal.value));
}

function takeAttribute(form: Form, condition: BinaryOperation): boolean {
  const first = leftmost(condition);
  if (first.left.kind !== 'attribute' || first.right.kind !== 'literal' || first.right.type !== 'string') return false;
  const key = keyOf(first.left);
  const whole = equalsText(first.left, first.right.value);
  if (key === undefined || !whole || printFieldExpression(whole) !== printFieldExpression(condition)) return false;
  form.attribute = [...(form.attribute ?? []), `${key}=${first.right.value}`];
  return true;
}

function leftmost(condition: BinaryOperation): BinaryOperation {
  return condition.operator === '||' && condition.left.kind === 'binary' ? leftmost(condition.left) : condition;
}

/** @returns undefined where a form would read another attribute from it */
function keyOf({ scope, name, parent }: Attribute): string | undefined {
  if (parent || name.includes('=') || (scope !== 'any' && scope !== 'span' && scope !== 'resource')) return undefined;
  if (scope !== 'any') return `${scope}.${name}`;
  return /^(?:span|resource)\../.test(name) ? undefined : name;
}
