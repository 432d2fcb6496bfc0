/**
 * For tests: what a query answers, worked out the slow and obvious way over traces in memory. `docs/traceql.md` says in
 * words what this says in code.
 */
import { calculate, type NumericValue } from './arithmetic.ts';
import type {
  Aggregate,
  GroupBy,
  Pipeline,
  ScalarExpression,
  ScalarFilter,
  SpansetExpression,
  SpansetOperation,
  SpansetQuery,
  Stage,
  StructuralRelation,
} from './ast.ts';
import { evaluate, isTrue } from './evaluate-field.fixture.ts';
import { printScalar, printStage } from './print-pipeline.ts';
import { ancestorIds, type ModelSpan, type ModelTrace } from './trace-model.fixture.ts';
import { compares, isNumeric, keyOf, type Value } from './value.fixture.ts';

export interface Spanset {
  /** What it was grouped by and what was calculated from it, as written in the query: `by(name)`, `count()`. */
  attributes: { name: string; value: Value | undefined }[];
  /** In the trace's order, none twice; never empty. */
  spans: ModelSpan[];
}

/** @returns the traces in which something is left, in their order */
export function evaluateSearch(
  { pipeline }: SpansetQuery,
  traces: readonly ModelTrace[],
): { traceId: string; spansets: Spanset[] }[] {
  return traces.flatMap((trace) => {
    const spansets = evaluatePipeline(pipeline, trace);
    return spansets.length === 0 ? [] : [{ traceId: trace.traceId, spansets }];
  });
}

export function evaluatePipeline(
  { stages }: Pipeline,
  trace: ModelTrace,
  input: Spanset[] = [{ attributes: [], spans: trace.spans }],
): Spanset[] {
  return stages.reduce((spansets, stage) => evaluateStage(stage, spansets, trace), input);
}

function evaluateStage(stage: Stage, spansets: Spanset[], trace: ModelTrace): Spanset[] {
  switch (stage.kind) {
    case 'spanset-filter':
    case 'spanset-operation':
      return spansets.flatMap((spanset) => evaluateSpansets(stage, spanset, trace));
    case 'scalar-filter':
      return spansets.flatMap((spanset) => filterByScalar(stage, spanset, trace));
    case 'by':
      return spansets.flatMap((spanset) => groupBy(stage, spanset, trace));
    case 'coalesce':
      return spansets.length === 0 ? [] : withSpans({ attributes: [], spans: [] }, unionOf(spansets), trace);
    case 'select':
      return spansets;
  }
}

function evaluateSpansets(expression: SpansetExpression, input: Spanset, trace: ModelTrace): Spanset[] {
  switch (expression.kind) {
    case 'pipeline':
      return evaluatePipeline(expression, trace, [input]);
    case 'spanset-operation':
      return withSpans(input, operate(expression, input, trace), trace);
    case 'spanset-filter': {
      const { condition } = expression;
      return withSpans(
        input,
        new Set(input.spans.filter((node) => !condition || isTrue(condition, { trace, node }))),
        trace,
      );
    }
  }
}

/** The spanset with these spans, in the trace's order; none where they are none. */
function withSpans(spanset: Spanset, spans: ReadonlySet<ModelSpan>, trace: ModelTrace): Spanset[] {
  return spans.size === 0 ? [] : [{ ...spanset, spans: trace.spans.filter((span) => spans.has(span)) }];
}

function unionOf(spansets: readonly Spanset[]): Set<ModelSpan> {
  return new Set(spansets.flatMap(({ spans }) => spans));
}

function operate({ operator, left, right }: SpansetOperation, input: Spanset, trace: ModelTrace): Set<ModelSpan> {
  const lefts = unionOf(evaluateSpansets(left, input, trace));
  const rights = unionOf(evaluateSpansets(right, input, trace));
  if (operator === '||') return new Set([...lefts, ...rights]);
  if (operator === '&&') return lefts.size > 0 && rights.size > 0 ? new Set([...lefts, ...rights]) : new Set();

  const relation = operator.replace(/^[!&]/, '') as StructuralRelation;
  const related = (a: ModelSpan, b: ModelSpan): boolean => isRelated[relation](a, b, trace);
  if (operator.startsWith('!')) return new Set([...rights].filter((b) => ![...lefts].some((a) => related(a, b))));
  const found = [...rights].filter((b) => [...lefts].some((a) => related(a, b)));
  if (!operator.startsWith('&')) return new Set(found);
  return new Set([...found, ...[...lefts].filter((a) => [...rights].some((b) => related(a, b)))]);
}

/** Is the right span a child (and so on) of the left? By ids alone: spans that share one share its relations. */
const isRelated: Record<StructuralRelation, (left: ModelSpan, right: ModelSpan, trace: ModelTrace) => boolean> = {
  '>': (left, right) => right.span.parentSpanId === left.span.spanId,
  '<': (left, right) => left.span.parentSpanId === right.span.spanId,
  '>>': (left, right, trace) => ancestorIds(right, trace.spans).has(left.span.spanId),
  '<<': (left, right, trace) => ancestorIds(left, trace.spans).has(right.span.spanId),
  '~': ({ span: left }, { span: right }) =>
    Boolean(right.parentSpanId) && left.parentSpanId === right.parentSpanId && left.spanId !== right.spanId,
};

function groupBy(stage: GroupBy, spanset: Spanset, trace: ModelTrace): Spanset[] {
  const groups = new Map<string, Spanset>();
  for (const node of spanset.spans) {
    const attributes = stage.expressions.map((expression) => ({
      name: printStage({ ...stage, expressions: [expression] }),
      value: evaluate(expression, { trace, node }),
    }));
    const key = attributes.map(({ value }) => keyOf(value)).join(' ');
    const group = groups.get(key) ?? { attributes: withAttributes(spanset, attributes), spans: [] };
    group.spans.push(node);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function withAttributes({ attributes }: Spanset, more: Spanset['attributes']): Spanset['attributes'] {
  return [...attributes.filter(({ name }) => !more.some((each) => each.name === name)), ...more];
}

/** Where an aggregate has no number to go by, nothing holds. */
function filterByScalar({ operator, left, right }: ScalarFilter, spanset: Spanset, trace: ModelTrace): Spanset[] {
  const [a, b] = [scalarOf(left, spanset, trace), scalarOf(right, spanset, trace)];
  if (!a || !b || !compares(operator, a, b)) return [];
  const calculated = [...aggregatesOf(left), ...aggregatesOf(right)].map((aggregate) => ({
    name: printScalar(aggregate),
    value: aggregateOf(aggregate, spanset, trace),
  }));
  return [{ ...spanset, attributes: withAttributes(spanset, calculated) }];
}

function aggregatesOf(expression: ScalarExpression): Aggregate[] {
  if (expression.kind === 'aggregate') return [expression];
  return expression.kind === 'literal' ? [] : [...aggregatesOf(expression.left), ...aggregatesOf(expression.right)];
}

function scalarOf(expression: ScalarExpression, spanset: Spanset, trace: ModelTrace): NumericValue | undefined {
  if (expression.kind === 'literal') return { type: expression.type, value: expression.value } as NumericValue;
  if (expression.kind === 'aggregate') return aggregateOf(expression, spanset, trace);
  const left = scalarOf(expression.left, spanset, trace);
  const right = scalarOf(expression.right, spanset, trace);
  return left && right && calculate(expression.operator, left, right);
}

function aggregateOf(aggregate: Aggregate, { spans }: Spanset, trace: ModelTrace): NumericValue | undefined {
  if (aggregate.function === 'count') return { type: 'int', value: BigInt(spans.length) };
  const values = spans.map((node) => evaluate(aggregate.of, { trace, node })).filter(isNumeric);
  return aggregateValues(aggregate.function, values);
}

/** @returns undefined where there is none */
export function aggregateValues(
  name: 'min' | 'max' | 'avg' | 'sum',
  values: readonly NumericValue[],
): NumericValue | undefined {
  const [first] = values;
  if (!first) return undefined;
  switch (name) {
    case 'min':
      return values.reduce((best, value) => (compares('<', value, best) ? value : best));
    case 'max':
      return values.reduce((best, value) => (compares('>', value, best) ? value : best));
    case 'sum':
      return sumOf(values);
    case 'avg':
      return { type: 'float', value: Number(sumOf(values).value) / values.length };
  }
}

/** Exact while no float is among them. */
function sumOf(values: readonly NumericValue[]): NumericValue {
  if (values.some(({ type }) => type === 'float')) {
    return { type: 'float', value: values.reduce((sum, { value }) => sum + Number(value), 0) };
  }
  const isDuration = values.every(({ type }) => type === 'duration');
  return { type: isDuration ? 'duration' : 'int', value: values.reduce((sum, { value }) => sum + BigInt(value), 0n) };
}
