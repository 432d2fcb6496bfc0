/** Spans counted and measured by group, step by step; and the series that these make. */
import type { Window } from '../metrics-query.ts';
import type { Field, MetricsAggregate } from './ast.ts';
import { intrinsicTypes } from './intrinsics.ts';
import { printFieldExpression } from './print-field.ts';
import { type Exemplar, type Label, labelsKey, type Series } from './series.ts';
import type { Value } from './span-values.ts';

export type SimpleAggregate = Exclude<MetricsAggregate, { function: 'compare' }>;

/** What spans of one group come to. */
export interface MeasuredGroup {
  /** As the aggregate's `by` has them. */
  by: readonly (Value | undefined)[];
  /** Of a histogram: what the values in it do not pass. */
  bucket?: number;
  /** Those that have such spans. */
  steps: readonly number[];
  /** Of each series that the group makes, as many as steps. */
  values: readonly (readonly number[])[];
  /** One for each of the steps. */
  exemplars?: readonly Exemplar[];
}

/** Each quantile makes one. */
export function seriesPerGroup(aggregate: SimpleAggregate): number {
  return aggregate.function === 'quantile_over_time' ? aggregate.quantiles.length : 1;
}

export function seriesOf(groups: readonly MeasuredGroup[], aggregate: SimpleAggregate, window: Window): Series[] {
  const all = new Map<string, Series>();
  const empty = isCount(aggregate) ? 0 : null;
  for (const group of groups) {
    for (const [index, values] of group.values.entries()) {
      const labels = labelsOf(group, index, aggregate);
      const key = labelsKey(labels);
      const series = all.get(key) ?? { labels, values: Array<number | null>(window.stepCount).fill(empty) };
      all.set(key, series);
      for (const [at, step] of group.steps.entries()) {
        const value = values[at] ?? null;
        series.values[step] = aggregate.function === 'rate' && value !== null ? perSecond(value, window) : value;
      }
      if (group.exemplars && index === 0) series.exemplars = [...(series.exemplars ?? []), ...group.exemplars];
    }
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, series]) => series);
}

/** Where there is nothing to count, the count is zero. */
function isCount({ function: name }: SimpleAggregate): boolean {
  return name === 'rate' || name === 'count_over_time' || name === 'histogram_over_time';
}

function perSecond(count: number, { stepNano }: Window): number {
  return count / (Number(stepNano) / 1e9);
}

function labelsOf({ by, bucket }: MeasuredGroup, index: number, aggregate: SimpleAggregate): Label[] {
  const labels: Label[] = aggregate.by.map((field, at) => ({ name: printFieldExpression(field), value: by[at] }));
  if (aggregate.function === 'quantile_over_time') {
    labels.push({ name: 'p', value: { type: 'float', value: aggregate.quantiles[index] ?? 0 } });
  }
  if (bucket !== undefined) labels.push({ name: '__bucket', value: { type: 'float', value: bucket } });
  return labels;
}

export function isDuration(field: Field): boolean {
  return field.kind === 'intrinsic' && intrinsicTypes[field.name] === 'duration';
}
