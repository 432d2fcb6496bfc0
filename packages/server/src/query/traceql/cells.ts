/** Spans counted and measured by step and group; and the series that these make. */
import type { Window } from '../metrics-query.ts';
import type { Field, MetricsAggregate } from './ast.ts';
import { intrinsicTypes } from './intrinsics.ts';
import { printFieldExpression } from './print-field.ts';
import { type Exemplar, type Label, labelsKey, type Series } from './series.ts';
import type { Value } from './span-values.ts';

export type SimpleAggregate = Exclude<MetricsAggregate, { function: 'compare' }>;

/** What spans of one step and group come to. */
export interface Cell {
  step: number;
  /** As the aggregate's `by` has them. */
  groups: readonly (Value | undefined)[];
  /** Of a histogram: what the values in it do not pass. */
  bucket?: number;
  /** One; of quantiles one for each. */
  values: readonly number[];
  exemplar?: Exemplar;
}

export function seriesOf(cells: readonly Cell[], aggregate: SimpleAggregate, window: Window): Series[] {
  const all = new Map<string, Series>();
  const empty = isCount(aggregate) ? 0 : null;
  for (const cell of cells) {
    for (const [index, value] of cell.values.entries()) {
      const labels = labelsOf(cell, index, aggregate);
      const key = labelsKey(labels);
      const series = all.get(key) ?? { labels, values: Array<number | null>(window.stepCount).fill(empty) };
      all.set(key, series);
      series.values[cell.step] = aggregate.function === 'rate' ? perSecond(value, window) : value;
      if (cell.exemplar && index === 0) {
        series.exemplars ??= [];
        series.exemplars.push(cell.exemplar);
      }
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

function labelsOf({ groups, bucket }: Cell, index: number, aggregate: SimpleAggregate): Label[] {
  const labels: Label[] = aggregate.by.map((field, at) => ({ name: printFieldExpression(field), value: groups[at] }));
  if (aggregate.function === 'quantile_over_time') {
    labels.push({ name: 'p', value: { type: 'float', value: aggregate.quantiles[index] ?? 0 } });
  }
  if (bucket !== undefined) labels.push({ name: '__bucket', value: { type: 'float', value: bucket } });
  return labels;
}

export function isDuration(field: Field): boolean {
  return field.kind === 'intrinsic' && intrinsicTypes[field.name] === 'duration';
}
