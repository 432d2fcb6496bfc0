/** A metrics query as it is asked turned into one to run. */
import { parseDuration } from '@sightline/wire';
import { InvalidParameter } from './invalid-parameter.ts';
import { parseTimeRange, type TimeRange } from './time-range.ts';
import type { MetricsQuery } from './traceql/ast.ts';
import { parseQuery } from './traceql/parse.ts';
import { QueryError } from './traceql/query-error.ts';

/** Steps begin at multiples of their length since 1970, so that an answer a moment later has the same ones. */
export interface Window {
  range: TimeRange;
  /** Of the first step. */
  startUnixNano: bigint;
  stepNano: bigint;
  stepCount: number;
}

export interface MetricsRequest {
  query: MetricsQuery;
  window: Window;
  /** At most so many for each series. */
  exemplars: number;
}

const niceSteps = [
  1n,
  2n,
  5n,
  10n,
  15n,
  30n,
  60n,
  120n,
  300n,
  600n,
  900n,
  1800n,
  3600n,
  7200n,
  14_400n,
  43_200n,
  86_400n,
];
const secondNano = 1_000_000_000n;
const usualSteps = 100n;
const maxSteps = 11_000n;

/** @throws InvalidParameter, QueryError */
export function parseMetricsRequest(asked: {
  q: string | undefined;
  start: string | undefined;
  end: string | undefined;
  step: string | undefined;
  exemplars: number;
  /** The whole time range as one step. */
  isInstant?: boolean;
}): MetricsRequest {
  if (asked.q === undefined) {
    throw new InvalidParameter('missing-query', 'q', 'Which metrics? Give a query: q={ } | rate(), for example.');
  }
  const query = parseQuery(asked.q);
  if (query.kind !== 'metrics') {
    throw new QueryError('This query answers with traces, not with series: end it with | rate(), for example.', query);
  }
  const range = parseTimeRange(asked.start, asked.end);
  const window = asked.isInstant ? wholeWindow(range) : windowOf(range, asked.step);
  return { query, window, exemplars: exemplarsOf(query, asked.exemplars) };
}

function exemplarsOf({ hints }: MetricsQuery, asked: number): number {
  const hint = hints.find(({ name }) => name === 'exemplars')?.value;
  if (hint?.type === 'bool') return hint.value ? asked || defaultExemplars : 0;
  return hint?.type === 'int' ? Number(hint.value) : asked;
}

const defaultExemplars = 100;

function wholeWindow(range: TimeRange): Window {
  const { startUnixNano, endUnixNano } = range;
  return { range, startUnixNano, stepNano: endUnixNano - startUnixNano + 1n, stepCount: 1 };
}

function windowOf(range: TimeRange, step: string | undefined): Window {
  const length = range.endUnixNano - range.startUnixNano;
  const stepNano = step === undefined ? usualStep(length) : parseStep(step);
  const startUnixNano = range.startUnixNano - (range.startUnixNano % stepNano);
  const stepCount = (range.endUnixNano - startUnixNano) / stepNano + 1n;
  if (stepCount <= maxSteps) return { range, startUnixNano, stepNano, stepCount: Number(stepCount) };
  throw new InvalidParameter(
    'invalid-step',
    'step',
    `The time range has ${stepCount} steps of ${step}, more than ${maxSteps}: make them longer.`,
  );
}

function usualStep(lengthNano: bigint): bigint {
  const seconds = lengthNano / secondNano / usualSteps;
  return (niceSteps.find((nice) => nice >= seconds) ?? seconds) * secondNano;
}

function parseStep(text: string): bigint {
  const nano = parseDuration(text);
  if (nano !== undefined && nano > 0n) return nano;
  throw new InvalidParameter(
    'invalid-step',
    'step',
    `step=${JSON.stringify(text)} is not a duration: give a number with a unit, for example 30s or 5m.`,
  );
}
