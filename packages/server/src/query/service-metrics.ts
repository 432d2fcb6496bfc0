/**
 * Rates, errors and latencies of services, or of a service's span names, over time: from `span_metrics`, which is counted as spans
 * come in, and so is as quick for a day of many spans as for one of few.
 */
import type { ServiceMetrics, ServiceMetricsResponse, SpanKindNumber } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { bucketMiddle, percentilesSql } from './histogram.ts';
import { SqlParameters } from './sql-parameters.ts';
import type { Steps } from './steps.ts';

type Percentiles = [p50: number, p95: number, p99: number];

interface Row {
  service: string;
  name: string;
  kind: SpanKindNumber;
  spanCount: string;
  errorCount: string;
  percentiles: Percentiles;
  steps: [step: string, spans: string, errors: string, percentiles: Percentiles][];
  entryCount: string;
}

const maxEntries = 1000;

/** @param service whose span names are asked for; without it, services as a whole */
export async function findServiceMetrics(
  store: ReadableStore,
  steps: Steps,
  service?: string,
): Promise<ServiceMetricsResponse> {
  const parameters = new SqlParameters();
  const rows = await store.query<Row>(metricsSql(steps, service, parameters), parameters.values);
  return {
    startUnixNano: String(steps.startUnixNano),
    stepNano: String(steps.stepNano),
    entries: rows.map((row) => entryOf(row, steps.count, service !== undefined)),
    others: Number(rows[0]?.entryCount ?? 0) - rows.length,
  };
}

/** Of a service, the spans that enter it most surely: LIMIT 1 BY. */
function metricsSql(steps: Steps, service: string | undefined, parameters: SqlParameters): string {
  const first = parameters.bind('UInt64', steps.startUnixNano / secondNano);
  const stepSeconds = parameters.bind('UInt64', steps.stepNano / secondNano);
  const isAsked =
    service === undefined ? 'has_name = 0' : `has_name = 1 AND service_name = ${parameters.bind('String', service)}`;
  return `SELECT service, name, kind, spanCount, errorCount, percentiles, steps, count() OVER () AS entryCount FROM (
      SELECT service_name AS service, name, kind, entry, sum(spans) AS spanCount, sum(errors) AS errorCount,
        ${percentilesSql('Merge', 'buckets')} AS percentiles,
        groupArray((step, spans, errors, finalizeAggregation(buckets))) AS steps
      FROM (
        SELECT service_name, name, kind, entry, intDiv(minute_unix - ${first}, ${stepSeconds}) AS step, sum(span_count) AS spans,
          sum(error_count) AS errors, ${percentilesSql('State', 'durations.1, durations.2')} AS buckets
        FROM span_metrics
        WHERE ${isAsked} AND minute_unix >= ${first}
          AND minute_unix < ${first} + ${stepSeconds} * ${parameters.bind('UInt64', steps.count)}
        GROUP BY service_name, name, kind, entry, step)
      GROUP BY service_name, name, kind, entry ORDER BY entry DESC LIMIT 1 BY service, name, kind)
    ORDER BY spanCount DESC, service, name, kind LIMIT ${maxEntries}`;
}

const secondNano = 1_000_000_000n;

function entryOf(row: Row, stepCount: number, hasName: boolean): ServiceMetrics {
  const { service, name, kind, spanCount, errorCount, percentiles, steps } = row;
  const [p50Nano, p95Nano, p99Nano] = nanosOf(percentiles);
  const calls = Array<number>(stepCount).fill(0);
  const errors = Array<number>(stepCount).fill(0);
  const latencies = [0, 1, 2].map(() => Array<number | null>(stepCount).fill(null));
  for (const [step, spans, failed, buckets] of steps) {
    const at = Number(step);
    calls[at] = Number(spans);
    errors[at] = Number(failed);
    for (const [i, nano] of nanosOf(buckets).entries()) (latencies[i] as (number | null)[])[at] = nano;
  }
  const [p50s = [], p95s = [], p99s = []] = latencies;
  return {
    service,
    ...(hasName ? { name, kind } : {}),
    spanCount: Number(spanCount),
    errorCount: Number(errorCount),
    p50Nano,
    p95Nano,
    p99Nano,
    calls,
    errors,
    p50s,
    p95s,
    p99s,
  };
}

function nanosOf([p50, p95, p99]: Percentiles): Percentiles {
  return [bucketMiddle(p50), bucketMiddle(p95), bucketMiddle(p99)];
}
