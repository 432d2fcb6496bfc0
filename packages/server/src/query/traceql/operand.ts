/** Whatever can be a side of an operator outside of braces, until the operator says what it makes of it. */
import type {
  Coalesce,
  GroupBy,
  MetricsExpression,
  NumericLiteral,
  Pipeline,
  ScalarExpression,
  ScalarFilter,
  Select,
  SpansetExpression,
  Stage,
} from './ast.ts';
import { QueryError } from './query-error.ts';

export type Operand = SpansetExpression | ScalarExpression | MetricsExpression | WholeStage;

/** A stage that no operator takes any further. */
export type WholeStage = ScalarFilter | GroupBy | Coalesce | Select;

export function isSpansets({ kind }: Operand): boolean {
  return kind === 'spanset-filter' || kind === 'spanset-operation' || kind === 'pipeline';
}

export function isScalar({ kind }: Operand): boolean {
  return kind === 'aggregate' || kind === 'scalar-operation' || kind === 'literal';
}

export function isMetrics(operand: Operand): operand is MetricsExpression {
  return operand.kind.startsWith('metrics-') || operand.kind === 'topk' || operand.kind === 'bottomk';
}

export function isConstant(operand: Operand): operand is NumericLiteral {
  return operand.kind === 'literal';
}

/** @throws QueryError where it is nothing that a `|` could stand before or after */
export function stagesOf(operand: Operand): Stage[] {
  if (operand.kind === 'pipeline') return operand.stages;
  if (isMetrics(operand))
    throw new QueryError('Metrics are the end of a pipeline: only topk, bottomk and a threshold follow.', operand);
  if (isScalar(operand)) throw new QueryError('A number is no stage: compare it, as in count() > 2.', operand);
  return [operand as Stage];
}

/** @param stages not empty */
export function pipelineOf(stages: Stage[]): Pipeline {
  return { kind: 'pipeline', stages, from: stages[0]?.from ?? 0, to: stages.at(-1)?.to ?? 0 };
}

/** What stood in parentheses: a stage is a pipeline then, so that it can be a side of an operator. */
export function parenthesised(operand: Operand): Operand {
  if (operand.kind !== 'pipeline') return isWholeStage(operand) ? pipelineOf([operand]) : operand;
  return operand;
}

export function isWholeStage(operand: Operand): operand is WholeStage {
  const { kind } = operand;
  return kind === 'scalar-filter' || kind === 'by' || kind === 'coalesce' || kind === 'select';
}
