/**
 * For tests: the series of a metrics query, the slow and obvious way. A span counts where it starts; point i is of
 * the spans from `startUnixNano + i * stepNano` on, up to where the next point begins.
 */
import type { Compare, Field, MetricsAggregate, MetricsExpression, MetricsOperation, MetricsQuery } from './ast.ts';
import { aggregateValues, evaluatePipeline } from './evaluate.fixture.ts';
import { evaluate, isTrue, scalarFields } from './evaluate-field.fixture.ts';
import { printFieldExpression } from './print-field.ts';
import type { ModelSpan, ModelTrace } from './trace-model.fixture.ts';
import { compares, isNumeric, keyOf, type Value } from './value.fixture.ts';

export interface MetricsRange {
  startUnixNano: bigint;
  /** Not part of it. */
  endUnixNano: bigint;
  stepNano: bigint;
}

export interface Series {
  /** In the order of `by`; undefined for the spans that have no value there. */
  labels: { name: string; value: Value | undefined }[];
  /** Null where there is no point; counts and rates are 0 there. */
  values: (number | null)[];
}

interface Observed {
  node: ModelSpan;
  trace: ModelTrace;
  /** The point that it counts for. */
  index: number;
}

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

function pointCount({ startUnixNano, endUnixNano, stepNano }: MetricsRange): number {
  return Number((endUnixNano - startUnixNano + stepNano - 1n) / stepNano);
}

/** The series, unless no point is left of it. */
function withValues(series: Series, values: (number | null)[]): Series[] {
  return values.every((value) => value === null) ? [] : [{ ...series, values }];
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

export function keyOfLabels(labels: Series['labels']): string {
  return labels.map(({ name, value }) => `${name}=${keyOf(value)}`).join(' ');
}

function countsOf(members: readonly Observed[], range: MetricsRange): number[] {
  const counts = new Array<number>(pointCount(range)).fill(0);
  for (const { index } of members) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
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

/** Per point the largest (direction 1) or smallest; of equals the first by its labels. */
function topK(all: readonly Series[], limit: number, direction: 1 | -1): Series[] {
  const kept = all.map(({ values }) => values.map((): number | null => null));
  for (const index of all[0]?.values.keys() ?? []) {
    const ranked = all
      .map((series, at) => ({ at, point: series.values[index] ?? null, key: keyOfLabels(series.labels) }))
      .filter((entry): entry is typeof entry & { point: number } => entry.point !== null)
      .sort((a, b) => direction * (b.point - a.point) || (a.key < b.key ? -1 : 1));
    for (const { at, point } of ranked.slice(0, limit)) (kept[at] as (number | null)[])[index] = point;
  }
  return all.flatMap((series, at) => withValues(series, kept[at] ?? []));
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

function matching(all: readonly Series[], labels: Series['labels']): Series | undefined {
  const key = keyOfLabels(labels);
  return all.find((series) => keyOfLabels(series.labels) === key) ?? all.find((series) => series.labels.length === 0);
}

/** Null where a side has no point, or the result is no finite number. */
function calculatePoint(
  operator: MetricsOperation['operator'],
  left: number | null,
  right: number | null,
): number | null {
  if (left === null || right === null) return null;
  const results = { '+': left + right, '-': left - right, '*': left * right, '/': left / right };
  return Number.isFinite(results[operator]) ? results[operator] : null;
}

/** How often each attribute has each of its values, in the selected spans and in the others. */
function compareSpans(
  { selection, limit, range: within }: Compare,
  observed: readonly Observed[],
  range: MetricsRange,
): Series[] {
  const isSelected = (each: Observed): boolean =>
    (!within || (each.node.start >= within.startUnixNano && each.node.start < within.endUnixNano)) &&
    (!selection.condition || isTrue(selection.condition, each));
  return (['selection', 'baseline'] as const).flatMap((type) => {
    const members = observed.filter((each) => isSelected(each) === (type === 'selection'));
    return compareSide(type, limit, members, range);
  });
}

const comparedIntrinsics = [
  'span:name',
  'span:kind',
  'span:status',
  'span:statusMessage',
  'trace:rootName',
  'trace:rootService',
] as const;

function compareSide(type: string, limit: number, members: readonly Observed[], range: MetricsRange): Series[] {
  const byField = new Map<string, Map<string, { value: Value; having: Observed[] }>>();
  for (const each of members) {
    const intrinsics = comparedIntrinsics.map((name): Field => ({ kind: 'intrinsic', name, from: 0, to: 0 }));
    const fields = intrinsics.map((field) => ({ field, value: evaluate(field, each) }));
    for (const { field, value } of [...fields, ...scalarFields(each.node)]) {
      if (value === undefined) continue;
      const values =
        byField.get(printFieldExpression(field)) ?? new Map<string, { value: Value; having: Observed[] }>();
      const entry = values.get(keyOf(value)) ?? { value, having: [] };
      entry.having.push(each);
      byField.set(printFieldExpression(field), values.set(keyOf(value), entry));
    }
  }
  return [...byField].flatMap(([name, values]) => {
    const ranked = [...values].sort(([a, x], [b, y]) => y.having.length - x.having.length || (a < b ? -1 : 1));
    const meta = (value: string): Series['labels'][number] => ({
      name: '__meta_type',
      value: { type: 'string', value },
    });
    const all = ranked.flatMap(([, { having }]) => having);
    return [
      ...ranked
        .slice(0, limit)
        .map(([, { value, having }]) => ({ labels: [meta(type), { name, value }], values: countsOf(having, range) })),
      { labels: [meta(`${type}_total`), { name, value: undefined }], values: countsOf(all, range) },
    ];
  });
}
