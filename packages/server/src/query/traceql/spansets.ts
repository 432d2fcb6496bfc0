/** A pipeline's stages over one trace: what spansets go in, and what is left of them. */
import { calculate, type NumericValue } from './arithmetic.ts';
import type {
  Aggregate,
  GroupBy,
  Pipeline,
  ScalarExpression,
  ScalarFilter,
  SpansetExpression,
  SpansetOperation,
  Stage,
} from './ast.ts';
import { printScalar, printStage } from './print-pipeline.ts';
import { labelsKey } from './series.ts';
import { compareNumbers, compileExpression, compileTest, isNumber } from './span-expression.ts';
import type { TracedSpan, Value } from './span-values.ts';
import { related, union } from './structure.ts';

/** Never empty; by start. */
export interface Spanset {
  /** What it was grouped by and what was calculated from it, as written in the query: `by(name)`, `count()`; undefined for nil. */
  attributes: readonly { name: string; value: Value | undefined }[];
  spans: readonly TracedSpan[];
}

export type Spansets = readonly Spanset[];
type SpansetsFunction = (spansets: Spansets) => Spansets;

/** @returns what the pipeline makes of a trace, from all its spans */
export function compilePipeline({ stages }: Pipeline): (trace: readonly TracedSpan[]) => Spansets {
  const run = compileStages(stages);
  return (trace) => (trace.length === 0 ? [] : run([{ attributes: [], spans: trace }]));
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
  return spansets.length === 0 ? [] : [{ attributes: [], spans: spansOf(spansets) }];
}

function compileGroupBy(stage: GroupBy): SpansetsFunction {
  const named = stage.expressions.map((expression) => ({
    name: printStage({ ...stage, expressions: [expression] }),
    value: compileExpression(expression),
  }));
  return (spansets) => spansets.flatMap((spanset) => groupsOf(spanset, named));
}

function groupsOf(
  spanset: Spanset,
  named: readonly { name: string; value: (span: TracedSpan) => Value | undefined }[],
): Spanset[] {
  const found = new Map<string, Spanset & { spans: TracedSpan[] }>();
  for (const span of spanset.spans) {
    const values = named.map(({ name, value }) => ({ name, value: value(span) }));
    const key = labelsKey(values);
    const known = found.get(key);
    if (known) known.spans.push(span);
    else found.set(key, { attributes: withAttributes(spanset, values), spans: [span] });
  }
  return [...found.values()];
}

/** The same once more is the newer one. */
function withAttributes({ attributes }: Spanset, more: Spanset['attributes']): Spanset['attributes'] {
  return [...attributes.filter(({ name }) => !more.some((each) => each.name === name)), ...more];
}

type ScalarFunction = (spans: readonly TracedSpan[]) => NumericValue | undefined;

function compileScalarFilter({ operator, left, right }: ScalarFilter): SpansetsFunction {
  const [one, other] = [compileScalar(left), compileScalar(right)];
  const calculated = [...aggregatesOf(left), ...aggregatesOf(right)].map((aggregate) => ({
    name: printScalar(aggregate),
    of: compileScalar(aggregate),
  }));
  return (spansets) =>
    spansets.flatMap((spanset) => {
      const [a, b] = [one(spanset.spans), other(spanset.spans)];
      if (!a || !b || !compareNumbers(operator, a.value, b.value)) return [];
      const attributes = calculated.map(({ name, of }) => ({ name, value: of(spanset.spans) }));
      return [{ ...spanset, attributes: withAttributes(spanset, attributes) }];
    });
}

function aggregatesOf(scalar: ScalarExpression): Aggregate[] {
  if (scalar.kind === 'aggregate') return [scalar];
  return scalar.kind === 'literal' ? [] : [...aggregatesOf(scalar.left), ...aggregatesOf(scalar.right)];
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

type NumbersFunction = (numbers: readonly NumericValue[]) => NumericValue;

const aggregates: Readonly<Record<'min' | 'max' | 'sum' | 'avg', NumbersFunction>> = {
  min: (numbers) => numbers.reduce((least, each) => (each.value < least.value ? each : least)),
  max: (numbers) => numbers.reduce((most, each) => (each.value > most.value ? each : most)),
  sum: sumOf,
  avg: (numbers) => ({ type: 'float', value: Number(sumOf(numbers).value) / numbers.length }),
};

/** Exact while no float is among them. */
function sumOf(numbers: readonly NumericValue[]): NumericValue {
  if (numbers.some(({ type }) => type === 'float')) {
    return { type: 'float', value: numbers.reduce((sum, { value }) => sum + Number(value), 0) };
  }
  const isDuration = numbers.every(({ type }) => type === 'duration');
  return { type: isDuration ? 'duration' : 'int', value: numbers.reduce((sum, { value }) => sum + BigInt(value), 0n) };
}
