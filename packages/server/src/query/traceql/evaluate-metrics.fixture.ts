/**
 * For tests: the series of a metrics query, the slow and obvious way. A span counts where it starts; point i is of
 * the spans from `startUnixNano + i * stepNano` on, up to where the next point begins.
 */
import type { Field, MetricsAggregate, MetricsExpression, MetricsOperation, MetricsQuery } from './ast.ts';
import { aggregateValues, evaluatePipeline } from './evaluate.fixture.ts';
import { compareSpans } from './evaluate-compare.fixture.ts';
import { evaluate } from './evaluate-field.fixture.ts';
import { printFieldExpression } from './print-field.ts';
import {
  calculatePoint,
  countsOf,
  keyOfLabels,
  type MetricsRange,
  matching,
  type Observed,
  pointCount,
  type Series,
  topK,
  withValues,
} from './series.fixture.ts';
import type { ModelSpan, ModelTrace } from './trace-model.fixture.ts';
import { compares, isNumeric } from './value.fixture.ts';

/** In no order. */
export function evaluateMetrics(query: MetricsQuery, traces: readonly ModelTrace[], range: MetricsRange): Series[] {
  return seriesOf(query.expression, traces, range);
}

function seriesOf(expression: MetricsExpression, traces: readonly ModelTrace[], range: MetricsRange): Series[] {
  switch (expression.kind) {
    case 'metrics-pipeline': {
      const observed = traces.flatMap((trace) =>
        observe(
          evaluatePipeline(expression.pipeline, trace).flatMap(({ spans }) => spans),
          trace,
          range,
        ),
      );
      return aggregateSpans(expression.aggregate, observed, range);
    }
    case 'metrics-operation':
      return operate(expression, traces, range);
    case 'metrics-constant':
      return [];
    case 'metrics-filter': {
      const { value, operator } = expression;
      const threshold = value.type === 'duration' ? Number(value.value) / 1e9 : Number(value.value);
      const keeps = (point: number): boolean =>
        compares(operator, { type: 'float', value: point }, { type: 'float', value: threshold });
      return seriesOf(expression.of, traces, range).flatMap((series) =>
        withValues(
          series,
          series.values.map((point) => (point !== null && keeps(point) ? point : null)),
        ),
      );
    }
    default:
      return topK(seriesOf(expression.of, traces, range), expression.limit, expression.kind === 'topk' ? 1 : -1);
  }
}

function observe(spans: readonly ModelSpan[], trace: ModelTrace, range: MetricsRange): Observed[] {
  return [...new Set(spans)]
    .filter(({ start }) => start >= range.startUnixNano && start < range.endUnixNano)
    .map((node) => ({ node, trace, index: Number((node.start - range.startUnixNano) / range.stepNano) }));
}

function aggregateSpans(aggregate: MetricsAggregate, observed: readonly Observed[], range: MetricsRange): Series[] {
  if (aggregate.function === 'compare') return compareSpans(aggregate, observed, range);
  return groupsOf(aggregate.by, observed).flatMap(({ labels, members }) => {
    switch (aggregate.function) {
      case 'rate':
        return [{ labels, values: countsOf(members, range).map((count) => count / (Number(range.stepNano) / 1e9)) }];
      case 'count_over_time':
        return [{ labels, values: countsOf(members, range) }];
      case 'histogram_over_time':
        return bucketsOf(aggregate.of, members).map(({ bucket, inBucket }) => ({
          labels: [...labels, { name: '__bucket', value: { type: 'float', value: bucket } }],
          values: countsOf(inBucket, range),
        }));
      case 'quantile_over_time':
        return aggregate.quantiles.flatMap((quantile) => {
          const label = { name: 'p', value: { type: 'float' as const, value: quantile } };
          return withValues(
            { labels: [...labels, label], values: [] },
            pointsOf(aggregate.of, members, range, (values) => quantileOf(values, quantile)),
          );
        });
      default: {
        const name = aggregate.function.replace('_over_time', '') as 'min' | 'max' | 'avg' | 'sum';
        const values = pointsOf(aggregate.of, members, range, (numbers) => aggregateNumbers(name, numbers));
        return withValues({ labels, values: [] }, values);
      }
    }
  });
}

function groupsOf(
  by: readonly Field[],
  observed: readonly Observed[],
): { labels: Series['labels']; members: Observed[] }[] {
  const groups = new Map<string, { labels: Series['labels']; members: Observed[] }>();
  for (const each of observed) {
    const labels = by.map((field) => ({ name: printFieldExpression(field), value: evaluate(field, each) }));
    const key = keyOfLabels(labels);
    const group = groups.get(key) ?? { labels, members: [] };
    group.members.push(each);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** @returns undefined where the span has no number; durations in seconds */
function numberOf(field: Field, each: Observed): number | undefined {
  const value = evaluate(field, each);
  if (!isNumeric(value)) return undefined;
  return value.type === 'duration' ? Number(value.value) / 1e9 : Number(value.value);
}

function pointsOf(
  field: Field,
  members: readonly Observed[],
  range: MetricsRange,
  aggregate: (numbers: number[]) => number,
): (number | null)[] {
  return Array.from({ length: pointCount(range) }, (_, index) => {
    const numbers = members
      .filter((each) => each.index === index)
      .map((each) => numberOf(field, each))
      .filter((number) => number !== undefined);
    return numbers.length === 0 ? null : aggregate(numbers);
  });
}

function aggregateNumbers(name: 'min' | 'max' | 'avg' | 'sum', numbers: readonly number[]): number {
  return Number(
    aggregateValues(
      name,
      numbers.map((value) => ({ type: 'float', value })),
    )?.value,
  );
}

/** The smallest value that has at least this share of the others before it; none is made up between two. */
function quantileOf(numbers: readonly number[], quantile: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(Math.trunc(quantile * sorted.length), sorted.length - 1)] ?? Number.NaN;
}

/** By the power of two that a value does not pass: of nanoseconds for durations, in seconds then. 0 for what is not above 0. */
function bucketsOf(field: Field, members: readonly Observed[]): { bucket: number; inBucket: Observed[] }[] {
  const buckets = new Map<number, Observed[]>();
  for (const each of members) {
    const value = evaluate(field, each);
    if (!isNumeric(value) || !Number.isFinite(Number(value.value))) continue;
    const bucket = powerOfTwo(Number(value.value)) / (value.type === 'duration' ? 1e9 : 1);
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), each]);
  }
  return [...buckets].map(([bucket, inBucket]) => ({ bucket, inBucket }));
}

function powerOfTwo(value: number): number {
  if (value <= 0) return 0;
  let bucket = 1;
  while (bucket < value) bucket *= 2;
  while (bucket / 2 >= value) bucket /= 2;
  return bucket;
}

/** Series with the same labels meet; one without labels meets each of the other side. */
function operate(expression: MetricsOperation, traces: readonly ModelTrace[], range: MetricsRange): Series[] {
  const { operator, left, right } = expression;
  const side = (of: MetricsExpression): Series[] =>
    of.kind === 'metrics-constant'
      ? [{ labels: [], values: new Array<number>(pointCount(range)).fill(of.value) }]
      : seriesOf(of, traces, range);
  const [lefts, rights] = [side(left), side(right)];
  const isFanOut = rights.some(({ labels }) => labels.length === 0);
  return (isFanOut ? lefts : rights).flatMap(({ labels }) => {
    const [a, b] = [matching(lefts, labels), matching(rights, labels)];
    if (!a || !b) return [];
    const values = a.values.map((value, index) => calculatePoint(operator, value, b.values[index] ?? null));
    return withValues({ labels, values: [] }, values);
  });
}
