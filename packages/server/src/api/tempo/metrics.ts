/** `/api/metrics/query_range` and `/api/metrics/query`: series of a metrics query, and each as one value, in Tempo's shape. */
import type { AnyValue, KeyValue, MetricsResponse, MetricsSeries } from '@sightline/wire';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { queryMetrics } from '../../query/metrics.ts';
import { type MetricsRequest, parseMetricsRequest } from '../../query/metrics-query.ts';
import type { Store } from '../../store/store.ts';
import { QueryString } from '../query-string.ts';
import { searchFor } from '../reading.ts';
import { readTempoTimes } from './tempo-times.ts';

interface TempoSeries {
  labels: KeyValue[];
  /** The labels as Prometheus writes them. */
  promLabels: string;
}

interface RangeSeries extends TempoSeries {
  samples: { timestampMs: string; value: number }[];
  exemplars: { labels: KeyValue[]; value: number; timestampMs: string }[];
}

interface InstantSeries extends TempoSeries {
  value: number;
}

const known = ['q', 'query', 'start', 'end', 'since', 'step', 'exemplars'];
const mostExemplars = 1000;

export function registerTempoMetrics(app: FastifyInstance, store: Store): void {
  app.get('/metrics/query_range', async (request) => {
    const { asked, answer } = await ask(request, store, false);
    return { series: answer.series.map((series) => rangeSeries(series, answer, asked)), metrics: {} };
  });
  app.get('/metrics/query', async (request) => {
    const { asked, answer } = await ask(request, store, true);
    return { series: answer.series.flatMap((series) => instantSeries(series, asked)), metrics: {} };
  });
}

async function ask(
  request: FastifyRequest,
  store: Store,
  isInstant: boolean,
): Promise<{ asked: MetricsRequest; answer: MetricsResponse }> {
  const query = QueryString.lenient(request.query, known);
  const { start, end } = readTempoTimes(query);
  const asked = parseMetricsRequest({
    q: query.text('q') ?? query.text('query'),
    start,
    end,
    step: stepOf(query.text('step')),
    exemplars: Math.min(mostExemplars, query.text('exemplars') === '0' ? 0 : query.integer('exemplars', 0, 1_000_000)),
    isInstant,
  });
  return { asked, answer: await queryMetrics(searchFor(request, store), asked) };
}

/** A number alone is seconds. */
function stepOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text;
}

function rangeSeries(
  series: MetricsSeries,
  { startUnixNano, stepNano }: MetricsResponse,
  asked: MetricsRequest,
): RangeSeries {
  const timeOf = (step: number): string => msOf(BigInt(startUnixNano) + BigInt(stepNano) * BigInt(step));
  const samples = series.values.flatMap((value, step) =>
    value === null ? [] : [{ timestampMs: timeOf(step), value }],
  );
  const exemplars = (series.exemplars ?? []).map(({ traceId, timeUnixNano, value }) => ({
    labels: [{ key: 'trace:id', value: { stringValue: traceId } }],
    value,
    timestampMs: msOf(BigInt(timeUnixNano)),
  }));
  return { ...named(series, asked), samples, exemplars };
}

/** One without a value is left out. */
function instantSeries(series: MetricsSeries, asked: MetricsRequest): InstantSeries[] {
  const [value = null] = series.values;
  return value === null ? [] : [{ ...named(series, asked), value }];
}

function msOf(unixNano: bigint): string {
  return String(unixNano / 1_000_000n);
}

/** What has no labels is told apart by the function's name. */
function named({ labels }: MetricsSeries, { query: { expression } }: MetricsRequest): TempoSeries {
  const name = expression.kind === 'metrics-pipeline' ? expression.aggregate.function : '';
  const given = labels.length > 0 || name === '' ? labels : [{ key: '__name__', value: { stringValue: name } }];
  const all = given.map(({ key, value }) => ({ key, value: isNil(value) ? { stringValue: 'nil' } : value }));
  return {
    labels: all,
    promLabels: `{${all.map(({ key, value }) => `${JSON.stringify(key)}=${quoted(value)}`).join(', ')}}`,
  };
}

function isNil(value: AnyValue): boolean {
  return Object.keys(value).length === 0;
}

function quoted({ stringValue, intValue, doubleValue, boolValue }: AnyValue): string {
  return JSON.stringify(String(stringValue ?? intValue ?? doubleValue ?? boolValue ?? ''));
}
