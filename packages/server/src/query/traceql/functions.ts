/** The names of what a query can call. */
import type { MetricsAggregate } from './ast.ts';

export const aggregates = ['count', 'min', 'max', 'avg', 'sum'] as const;

export const counts = ['rate', 'count_over_time'] as const;

export const valuesOverTime = [
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'histogram_over_time',
] as const;

export const metricsFunctions: readonly MetricsAggregate['function'][] = [
  ...counts,
  ...valuesOverTime,
  'quantile_over_time',
  'compare',
];

export const secondStageFunctions = ['topk', 'bottomk'] as const;

export const functions: readonly string[] = [
  ...aggregates,
  'by',
  'select',
  'coalesce',
  ...metricsFunctions,
  ...secondStageFunctions,
];
