/** Series over time, and what metrics queries make of them. */
import type { MetricsOperation, OrderOperator } from './ast.ts';
import { compareNumbers } from './span-expression.ts';
import type { Value } from './span-values.ts';

export interface Series {
  /** In the order of `by`; undefined for nil. */
  labels: readonly Label[];
  /** One for each step; null where there is none. */
  values: (number | null)[];
  exemplars?: Exemplar[];
}

export interface Label {
  name: string;
  value: Value | undefined;
}

export interface Exemplar {
  traceId: string;
  spanId: string;
  timeUnixNano: string;
  value: number;
}

/** Series with the same labels meet; one without labels meets each of the other side, as a constant does. */
export function calculateSeries(
  operator: MetricsOperation['operator'],
  left: readonly Series[],
  right: readonly Series[],
): Series[] {
  const isFanOut = right.some(({ labels }) => labels.length === 0);
  const [lefts, rights] = [new SeriesByLabels(left), new SeriesByLabels(right)];
  const calculated = (isFanOut ? left : right).flatMap(({ labels }) => {
    const [one, other] = [lefts.matching(labels), rights.matching(labels)];
    if (!one || !other) return [];
    return [{ labels, values: one.values.map((value, step) => operate(operator, value, other.values[step] ?? null)) }];
  });
  return withValues(calculated);
}

class SeriesByLabels {
  readonly #all: ReadonlyMap<string, Series>;

  constructor(all: readonly Series[]) {
    this.#all = new Map(all.map((series) => [labelsKey(series.labels), series]));
  }

  matching(labels: readonly Label[]): Series | undefined {
    return this.#all.get(labelsKey(labels)) ?? this.#all.get('');
  }
}

/** Null where a side has no point, or the result is no finite number. */
function operate(operator: MetricsOperation['operator'], left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  const result = { '+': left + right, '-': left - right, '*': left * right, '/': left / right }[operator];
  return Number.isFinite(result) ? result : null;
}

export function filterSeries(all: readonly Series[], operator: OrderOperator, threshold: number): Series[] {
  const keeps = (value: number | null): boolean => value !== null && compareNumbers(operator, value, threshold);
  return withValues(
    all.map((series) => ({ ...series, values: series.values.map((value) => (keeps(value) ? value : null)) })),
  );
}

/** At each step, the values of so many series, NaN last; of equal ones, those whose labels come first. There may be a hundred thousand series. */
export function rankSeries(all: readonly Series[], kind: 'topk' | 'bottomk', limit: number): Series[] {
  const direction = kind === 'topk' ? -1 : 1;
  const ordered = all
    .map((series) => ({ series, key: labelsKey(series.labels) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ series }) => series);
  const stepCount = ordered[0]?.values.length ?? 0;
  const steps = Array.from({ length: stepCount }, () => ({
    ranks: new Float64Array(ordered.length),
    ofNaN: [] as number[],
  }));
  // Series by series, as they lie in memory: step by step, each value would be waited for.
  for (const [place, { values }] of ordered.entries()) {
    for (const [step, { ranks, ofNaN }] of steps.entries()) {
      const value = values[step] ?? null;
      ranks[place] = value === null ? Number.NaN : value * direction;
      if (Number.isNaN(value)) ofNaN.push(place);
    }
  }
  const kept = new Map<Series, (number | null)[]>();
  for (const [step, { ranks, ofNaN }] of steps.entries()) {
    for (const place of [...leastRanks(ranks, limit), ...ofNaN].slice(0, limit)) {
      const series = ordered[place] as Series;
      const values = kept.get(series) ?? Array<number | null>(stepCount).fill(null);
      values[step] = series.values[step] ?? null;
      kept.set(series, values);
    }
  }
  return ordered.flatMap((series) => {
    const values = kept.get(series);
    return values ? [{ ...series, values }] : [];
  });
}

/** @param ranks NaN where there is none @returns the places of so many; of equal ones the first */
function leastRanks(ranks: Float64Array, limit: number): number[] {
  // As plain numbers, NaN last, which is ten times as quick as to sort what has them.
  const last = ranks.slice().sort()[limit - 1] ?? Number.NaN;
  if (Number.isNaN(last)) return [...ranks.keys()].filter((place) => !Number.isNaN(ranks[place]));
  const less: number[] = [];
  const equal: number[] = [];
  for (const [place, rank] of ranks.entries()) {
    if (rank < last) less.push(place);
    else if (rank === last) equal.push(place);
  }
  return [...less, ...equal.slice(0, limit - less.length)];
}

function withValues(all: readonly Series[]): Series[] {
  return all.filter(({ values }) => values.some((value) => value !== null));
}

/** Equal for equal labels; '' where there are none. */
export function labelsKey(labels: readonly Label[]): string {
  return labels.map(({ name, value }) => `${name}=${value ? keyOf(value) : 'nil'}`).join(' ');
}

/** Equal for equal values of one type. */
function keyOf(value: Value): string {
  return JSON.stringify(value, (_, part) =>
    typeof part === 'bigint' || typeof part === 'number' ? String(part) : part,
  );
}
