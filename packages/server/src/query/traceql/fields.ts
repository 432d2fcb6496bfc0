/** The fields that a query names, in its order, each once. */
import type { Field, FieldExpression, ScalarExpression, SpansetExpression, Stage } from './ast.ts';
import { printFieldExpression } from './print-field.ts';

export function fieldsOf(expression: FieldExpression | undefined): Field[] {
  switch (expression?.kind) {
    case 'attribute':
    case 'intrinsic':
      return [expression];
    case 'unary':
    case 'exists':
      return fieldsOf(expression.operand);
    case 'binary':
      return [...fieldsOf(expression.left), ...fieldsOf(expression.right)];
    default:
      return [];
  }
}

export function fieldsOfStages(stages: readonly Stage[]): Field[] {
  return stages.flatMap(fieldsOfStage);
}

function fieldsOfStage(stage: Stage | SpansetExpression): Field[] {
  switch (stage.kind) {
    case 'spanset-filter':
      return fieldsOf(stage.condition);
    case 'spanset-operation':
      return [...fieldsOfStage(stage.left), ...fieldsOfStage(stage.right)];
    case 'pipeline':
      return fieldsOfStages(stage.stages);
    case 'scalar-filter':
      return [...fieldsOfScalar(stage.left), ...fieldsOfScalar(stage.right)];
    case 'by':
      return stage.expressions.flatMap(fieldsOf);
    case 'select':
      return stage.fields;
    case 'coalesce':
      return [];
  }
}

function fieldsOfScalar(scalar: ScalarExpression): Field[] {
  if (scalar.kind === 'scalar-operation') return [...fieldsOfScalar(scalar.left), ...fieldsOfScalar(scalar.right)];
  return scalar.kind === 'aggregate' && scalar.function !== 'count' ? fieldsOf(scalar.of) : [];
}

export function distinctFields(fields: readonly Field[]): Field[] {
  return [...new Map(fields.map((field) => [printFieldExpression(field), field])).values()];
}

/** Whether the span's own row does not tell it, or not as one value. */
export function needsEvaluation(field: Field): boolean {
  if (isOfTrace(field)) return true;
  if (field.kind === 'intrinsic') return /^(event|link):/.test(field.name);
  return field.scope === 'event' || field.scope === 'link' || field.scope === 'instrumentation';
}

/** Whether a span's trace has to be known to tell it. */
export function isOfTrace(field: Field): boolean {
  if (field.kind === 'attribute') return field.parent === true;
  return /^(trace:(?!id)|nestedSet|span:childCount)/.test(field.name);
}
