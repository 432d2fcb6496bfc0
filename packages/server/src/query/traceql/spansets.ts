/** A pipeline's stages over one trace: what spansets go in, and what is left of them. */
import { calculate, type NumericValue } from './arithmetic.ts';
import type {
  FieldExpression,
  GroupBy,
  OrderOperator,
  Pipeline,
  ScalarExpression,
  ScalarFilter,
  SpansetExpression,
  SpansetOperation,
  Stage,
} from './ast.ts';
import { nameOfField } from './fields.ts';
import { printFieldExpression } from './print-field.ts';
import { compileExpression, compileTest, isNumber } from './span-expression.ts';
import type { TracedSpan, Value } from './span-values.ts';
import { related, union } from './structure.ts';

/** Never empty; by start. */
export interface Spanset {
  /** Of each `by(…)` that made it, the value; undefined for nil. */
  groups: readonly { name: string; value: Value | undefined }[];
  spans: readonly TracedSpan[];
}

export type Spansets = readonly Spanset[];
type SpansetsFunction = (spansets: Spansets) => Spansets;

/** @returns what the pipeline makes of a trace, from all its spans */
export function compilePipeline({ stages }: Pipeline): (trace: readonly TracedSpan[]) => Spansets {
  const run = compileStages(stages);
  return (trace) => (trace.length === 0 ? [] : run([{ groups: [], spans: trace }]));
}

function compileStages(stages: readonly Stage[]): SpansetsFunction {
  const compiled = stages.map(compileStage);
  return (spansets) => compiled.reduce((input, stage) => stage(input), spansets);
}

function compileStage(stage: Stage): SpansetsFunction {
  switch (stage.kind) {
    case 'scalar-filter':
      return compileScalarFilter(stage);
    case 'by':
      return compileGroupBy(stage);
    case 'coalesce':
      return coalesce;
    case 'select':
      return (spansets) => spansets;
    default:
      return compileSpansets(stage);
  }
}

function compileSpansets(expression: SpansetExpression): SpansetsFunction {
  switch (expression.kind) {
    case 'pipeline':
      return compileStages(expression.stages);
    case 'spanset-filter': {
      const test = compileTest(expression.condition);
      return (spansets) => mapSpans(spansets, ({ spans }) => spans.filter(test));
    }
    case 'spanset-operation':
      return compileOperation(expression);
  }
}

function compileOperation(expression: SpansetOperation): SpansetsFunction {
  const { operator } = expression;
  const [left, right] = [compileSpansets(expression.left), compileSpansets(expression.right)];
  return (spansets) =>
    mapSpans(spansets, (spanset) => {
      const lefts = spansOf(left([spanset]));
      const rights = spansOf(right([spanset]));
      if (operator === '&&' && (lefts.length === 0 || rights.length === 0)) return [];
      return operator === '&&' || operator === '||' ? union(lefts, rights) : related(operator, lefts, rights);
    });
}

function spansOf(spansets: Spansets): readonly TracedSpan[] {
  const [first, ...others] = spansets;
  return others.reduce((spans, spanset) => union(spans, spanset.spans), first?.spans ?? []);
}

/** Those that have spans left. */
function mapSpans(spansets: Spansets, map: (spanset: Spanset) => readonly TracedSpan[]): Spansets {
  return spansets.flatMap((spanset) => {
    const spans = map(spanset);
    return spans.length === 0 ? [] : [{ ...spanset, spans }];
  });
}

function coalesce(spansets: Spansets): Spansets {
  return spansets.length === 0 ? [] : [{ groups: [], spans: spansOf(spansets) }];
}

function compileGroupBy({ expressions }: GroupBy): SpansetsFunction {
  const named = expressions.map((expression) => ({ name: nameOf(expression), value: compileExpression(expression) }));
  return (spansets) => spansets.flatMap((spanset) => groupsOf(spanset, named));
}

function nameOf(expression: FieldExpression): string {
  const isField = expression.kind === 'attribute' || expression.kind === 'intrinsic';
  return isField ? nameOfField(expression) : printFieldExpression(expression);
}

function groupsOf(
  { groups, spans }: Spanset,
  named: readonly { name: string; value: (span: TracedSpan) => Value | undefined }[],
): Spanset[] {
  const found = new Map<string, { groups: Spanset['groups']; spans: TracedSpan[] }>();
  for (const span of spans) {
    const values = named.map(({ name, value }) => ({ name, value: value(span) }));
    const key = values.map(({ value }) => keyOf(value)).join('\u0000');
    const known = found.get(key);
    if (known) known.spans.push(span);
    else found.set(key, { groups: [...groups, ...values], spans: [span] });
  }
  return [...found.values()];
}

/** Equal for equal values only. */
export function keyOf(value: Value | undefined): string {
  if (!value) return '';
  return value.type === 'list' ? `[${value.items.map(keyOf).join('\u0001')}]` : `${value.type} ${value.value}`;
}

type ScalarFunction = (spans: readonly TracedSpan[]) => NumericValue | undefined;

function compileScalarFilter({ operator, left, right }: ScalarFilter): SpansetsFunction {
  const [one, other] = [compileScalar(left), compileScalar(right)];
  return (spansets) => spansets.filter(({ spans }) => holds(operator, one(spans), other(spans)));
}

function holds(operator: OrderOperator, left: NumericValue | undefined, right: NumericValue | undefined): boolean {
  if (!left || !right) return false;
  const order = left.value < right.value ? -1 : left.value > right.value ? 1 : 0;
  if (Number.isNaN(left.value) || Number.isNaN(right.value)) return operator === '!=';
  return { '=': order === 0, '!=': order !== 0, '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }[
    operator
  ];
}

function compileScalar(scalar: ScalarExpression): ScalarFunction {
  switch (scalar.kind) {
    case 'literal':
      return () => ({ type: scalar.type, value: scalar.value }) as NumericValue;
    case 'scalar-operation': {
      const [left, right] = [compileScalar(scalar.left), compileScalar(scalar.right)];
      return (spans) => {
        const [one, other] = [left(spans), right(spans)];
        return one && other && calculate(scalar.operator, one, other);
      };
    }
    case 'aggregate': {
      if (scalar.function === 'count') return (spans) => ({ type: 'int', value: BigInt(spans.length) });
      const value = compileExpression(scalar.of);
      const combine = aggregates[scalar.function];
      return (spans) => {
        const numbers = spans.map(value).filter(isNumber);
        return numbers.length === 0 ? undefined : combine(numbers);
      };
    }
  }
}

type NumbersFunction = (numbers: readonly NumericValue[]) => NumericValue | undefined;

const aggregates: Readonly<Record<'min' | 'max' | 'sum' | 'avg', NumbersFunction>> = {
  min: (numbers) => numbers.reduce((least, each) => (each.value < least.value ? each : least)),
  max: (numbers) => numbers.reduce((most, each) => (each.value > most.value ? each : most)),
  sum: (numbers) => numbers.reduce((sum, each) => calculate('+', sum, each) ?? sum),
  avg: (numbers) => ({
    type: 'float',
    value: numbers.reduce((sum, each) => sum + Number(each.value), 0) / numbers.length,
  }),
};
