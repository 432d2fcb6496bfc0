/**
 * Calls, errors and a latency of spans of some kinds, by service or also by name, at points in time that each look back over a
 * window: what Jaeger draws. From `span_metrics`, whose rows of names have kinds.
 */
import type { SpanKindNumber } from '@sightline/wire';
import type { ReadableStore } from '../store/store.ts';
import { bucketMiddle } from './histogram.ts';

export interface KindMetricsQuery {
  services: readonly string[];
  kinds: readonly SpanKindNumber[];
  /** Else by service alone. */
  byName: boolean;
  /** 0 to 1. */
  quantile: number;
  /** Seconds since 1970 of the first point, and from one to the next, both whole minutes. */
  firstUnix: number;
  stepSeconds: number;
  count: number;
  /** What ends at each point: whole minutes. */
  windowSeconds: number;
}

/** Each list has an element per point. */
export interface KindMetrics {
  service: string;
  /** Where it was asked for by name. */
  name?: string;
  /** Spans that started in the window. */
  calls: number[];
  errors: number[];
  /** At the asked quantile, within 3.2 %; null where no span started in the window. */
  latenciesNano: (number | null)[];
}

interface Row {
  service: string;
  name: string;
  points: [point: number, spans: string, errors: string, bucket: number][];
}

/** The ones with most spans. */
const maxSeries = 1000;

export async function findKindMetrics(store: ReadableStore, query: KindMetricsQuery): Promise<KindMetrics[]> {
  const { services, kinds, byName, quantile, firstUnix, stepSeconds, count, windowSeconds } = query;
  const rows = await store.query<Row>(metricsSql, {
    services,
    kinds,
    byName,
    quantile,
    first: firstUnix,
    step: stepSeconds,
    count,
    window: windowSeconds,
    maxSeries,
  });
  return rows.map((row) => metricsOf(row, query));
}

/** A minute counts at every point whose window it lies in: from the first point after its start, on. */
const metricsSql = `
  SELECT service, name, groupArray((point, spans, errors, bucket)) AS points FROM (
    SELECT service_name AS service, if({byName:Bool}, toString(name), '') AS name, point, sum(span_count) AS spans,
      sum(error_count) AS errors, quantileExactWeightedArray({quantile:Float64})(durations.1, durations.2) AS bucket
    FROM (
      SELECT *, toInt64(minute_unix) - {first:Int64} AS since FROM span_metrics
      WHERE has_name = 1 AND service_name IN ({services:Array(String)}) AND kind IN ({kinds:Array(UInt8)})
        AND minute_unix >= {first:Int64} - {window:Int64} AND minute_unix < {first:Int64} + {step:Int64} * ({count:Int64} - 1)
    )
    ARRAY JOIN range(
      if(since < 0, 0, toUInt32(intDiv(since, {step:Int64}) + 1)),
      toUInt32(least(intDiv(since + {window:Int64}, {step:Int64}) + 1, {count:Int64}))
    ) AS point
    GROUP BY service, name, point)
  GROUP BY service, name ORDER BY sum(spans) DESC, service, name LIMIT {maxSeries:UInt32}`;

function metricsOf({ service, name, points }: Row, { count, byName }: KindMetricsQuery): KindMetrics {
  const calls = Array<number>(count).fill(0);
  const errors = Array<number>(count).fill(0);
  const latenciesNano = Array<number | null>(count).fill(null);
  for (const [point, spans, failed, bucket] of points) {
    calls[point] = Number(spans);
    errors[point] = Number(failed);
    latenciesNano[point] = bucketMiddle(bucket);
  }
  return { service, ...(byName && { name }), calls, errors, latenciesNano };
}
