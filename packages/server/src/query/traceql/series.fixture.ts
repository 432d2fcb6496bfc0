/** For tests: series, and what is made of one or two of them. */
import type { MetricsOperation } from './ast.ts';
import type { ModelSpan, ModelTrace } from './trace-model.fixture.ts';
import { keyOf, type Value } from './value.fixture.ts';

export interface MetricsRange {
  startUnixNano: bigint;
  /** Not part of it. */
  endUnixNano: bigint;
  stepNano: bigint;
}

export interface Series {
  /** In the order of `by`; undefined for the spans that have no value there. */
  labels: readonly { name: string; value: Value | undefined }[];
  /** Null where there is no point; counts and rates are 0 there. */
  values: (number | null)[];
}

/** A span that counts. */
export interface Observed {
  node: ModelSpan;
  trace: ModelTrace;
  /** The point that it counts for. */
  index: number;
}

export function pointCount({ startUnixNano, endUnixNano, stepNano }: MetricsRange): number {
  return Number((endUnixNano - startUnixNano + stepNano - 1n) / stepNano);
}

/** The series, unless no point is left of it. */
export function withValues(series: Series, values: (number | null)[]): Series[] {
  return values.every((value) => value === null) ? [] : [{ ...series, values }];
}

export function keyOfLabels(labels: Series['labels']): string {
  return labels.map(({ name, value }) => `${name}=${keyOf(value)}`).join(' ');
}

export function countsOf(members: readonly Observed[], range: MetricsRange): number[] {
  const counts = new Array<number>(pointCount(range)).fill(0);
  for (const { index } of members) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}

/** Per point the largest (direction 1) or smallest; of equals the first by its labels. */
export function topK(all: readonly Series[], limit: number, direction: 1 | -1): Series[] {
  const kept = all.map(({ values }) => values.map((): number | null => null));
  for (const index of all[0]?.values.keys() ?? []) {
    const ranked = all
      .map((series, at) => ({ at, point: series.values[index] ?? null, key: keyOfLabels(series.labels) }))
      .filter((entry): entry is typeof entry & { point: number } => entry.point !== null)
      .sort(
        (a, b) =>
          Number(Number.isNaN(a.point)) - Number(Number.isNaN(b.point)) ||
          direction * (b.point - a.point) ||
          (a.key < b.key ? -1 : 1),
      );
    for (const { at, point } of ranked.slice(0, limit)) (kept[at] as (number | null)[])[index] = point;
  }
  return all.flatMap((series, at) => withValues(series, kept[at] ?? []));
}

export function matching(all: readonly Series[], labels: Series['labels']): Series | undefined {
  const key = keyOfLabels(labels);
  return all.find((series) => keyOfLabels(series.labels) === key) ?? all.find((series) => series.labels.length === 0);
}

/** Null where a side has no point, or the result is no finite number. */
export function calculatePoint(
  operator: MetricsOperation['operator'],
  left: number | null,
  right: number | null,
): number | null {
  if (left === null || right === null) return null;
  const results = { '+': left + right, '-': left - right, '*': left * right, '/': left / right };
  return Number.isFinite(results[operator]) ? results[operator] : null;
}
