import type { SpanKindNumber } from '@sightline/wire';
import type { CountedConditions } from '../search-query.ts';
import type { FieldExpression, Literal } from './ast.ts';
import { kindNames } from './span-values.ts';

/** Of conditions that must all hold, those on what spans are counted by. */
export function countedBy(conditions: readonly FieldExpression[]): CountedConditions {
  return Object.assign({}, ...conditions.map(countedByOne));
}

function countedByOne(condition: FieldExpression): CountedConditions {
  if (condition.kind !== 'binary' || condition.operator !== '=') return {};
  const { left, right } = condition;
  if (right.kind === 'literal') return equals(left, right);
  return left.kind === 'literal' ? equals(right, left) : {};
}

function equals(field: FieldExpression, { type, value }: Literal): CountedConditions {
  if (type === 'string' && isServiceName(field)) return { service: value };
  if (field.kind !== 'intrinsic') return {};
  if (type === 'string' && field.name === 'span:name') return { name: value };
  if (type === 'kind' && field.name === 'span:kind') return { kind: kindNames.indexOf(value) as SpanKindNumber };
  return {};
}

function isServiceName(field: FieldExpression): boolean {
  return field.kind === 'attribute' && field.scope === 'resource' && field.name === 'service.name' && !field.parent;
}
