/** Spans counted and measured here, where whole traces have to be looked at to tell which they are. */
import { evaluateSlice } from './evaluated-traces.ts';
import { mostGroups, tooManySeries } from './metrics-limits.ts';
import type { Window } from './metrics-query.ts';
import type { Search } from './prepare-search.ts';
import { findByTime } from './search-by-time.ts';
import type { Field } from './traceql/ast.ts';
import { isDuration, type MeasuredGroup, type SimpleAggregate, seriesPerGroup } from './traceql/measured-groups.ts';
import { type Exemplar, labelsKey } from './traceql/series.ts';
import { isNumber } from './traceql/span-expression.ts';
import { fieldValues, type TracedSpan, type Value } from './traceql/span-values.ts';

interface Gathered {
  by: readonly (Value | undefined)[];
  bucket?: number;
  byStep: Map<number, { numbers: number[]; first: TracedSpan }>;
}

/** Calls `onSpan` with each span that the query selects in the time range, once. */
export async function forEachSelected(search: Search, onSpan: (span: TracedSpan) => void): Promise<void> {
  await findByTime<never>(search, Number.POSITIVE_INFINITY, async (_, slice) => {
    const isComplete = await evaluateSlice(search, slice, ({ spansets }) => {
      for (const span of new Set(spansets.flatMap(({ spans }) => spans))) onSpan(span);
    });
    return isComplete ? [] : undefined;
  });
}

/** @throws StoreError `query-too-expensive` where there are more groups than can be held */
export async function groupsByEvaluation(
  search: Search,
  aggregate: SimpleAggregate,
  window: Window,
  withExemplars: boolean,
): Promise<MeasuredGroup[]> {
  const all = new Map<string, Gathered>();
  const most = mostGroups(window, seriesPerGroup(aggregate));
  await forEachSelected(search, (span) => {
    gather(all, span, aggregate, window);
    if (all.size > most) throw tooManySeries(window);
  });
  return [...all.values()].map(({ byStep, ...group }) => {
    const gathered = [...byStep.values()];
    const combined = gathered.map(({ numbers }) => combine(aggregate, numbers));
    return {
      ...group,
      steps: [...byStep.keys()],
      values: (combined[0] ?? []).map((_, index) => combined.map((each) => each[index] ?? 0)),
      ...(withExemplars && { exemplars: gathered.map(({ numbers, first }) => exemplarOf(first, numbers[0] ?? 0)) }),
    };
  });
}

function gather(all: Map<string, Gathered>, span: TracedSpan, aggregate: SimpleAggregate, window: Window): void {
  const number = measure(span, aggregate);
  if (number === undefined) return;
  const isHistogram = aggregate.function === 'histogram_over_time';
  const bucket = isHistogram ? bucketOf(number, aggregate.of) : undefined;
  if (isHistogram && bucket === undefined) return;
  const by = aggregate.by.map((field) => fieldValues(field, span)[0]);
  const key = `${bucket ?? ''} ${labelsKey(by.map((value) => ({ name: '', value })))}`;
  const group = all.get(key) ?? { by, ...(bucket !== undefined && { bucket }), byStep: new Map() };
  all.set(key, group);
  const step = Number((span.startUnixNano - window.startUnixNano) / window.stepNano);
  const known = group.byStep.get(step);
  if (known) known.numbers.push(number);
  else group.byStep.set(step, { numbers: [number], first: span });
}

/** In seconds where it is a duration. @returns undefined where the span has no number */
function measure(span: TracedSpan, aggregate: SimpleAggregate): number | undefined {
  if (!('of' in aggregate)) return 1;
  const [number] = fieldValues(aggregate.of, span);
  if (!isNumber(number)) return undefined;
  return isDuration(aggregate.of) ? Number(number.value) / 1e9 : Number(number.value);
}

/** The power of two that the value does not pass: of nanoseconds for durations, in seconds then. 0 for what is not above 0. */
function bucketOf(number: number, field: Field): number | undefined {
  if (!Number.isFinite(number)) return undefined;
  const unit = isDuration(field) ? 1e9 : 1;
  const raw = isDuration(field) ? Math.round(number * unit) : number;
  return raw <= 0 ? 0 : 2 ** Math.ceil(Math.log2(raw)) / unit;
}

function combine(aggregate: SimpleAggregate, numbers: number[]): number[] {
  const sum = (): number => numbers.reduce((total, each) => total + each, 0);
  switch (aggregate.function) {
    case 'min_over_time':
      return [numbers.reduce((least, each) => Math.min(least, each))];
    case 'max_over_time':
      return [numbers.reduce((most, each) => Math.max(most, each))];
    case 'sum_over_time':
      return [sum()];
    case 'avg_over_time':
      return [sum() / numbers.length];
    case 'quantile_over_time': {
      const sorted = [...numbers].sort((a, b) => a - b);
      return aggregate.quantiles.map(
        (level) => sorted[Math.min(Math.floor(level * sorted.length), sorted.length - 1)] ?? 0,
      );
    }
    default:
      return [numbers.length];
  }
}

function exemplarOf({ traceId, spanId, startUnixNano }: TracedSpan, value: number): Exemplar {
  return { traceId, spanId, timeUnixNano: String(startUnixNano), value };
}
