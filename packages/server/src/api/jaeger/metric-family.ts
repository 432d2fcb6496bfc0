/**
 * Series in the JSON of Jaeger's span metrics.
 *
 * @see https://github.com/jaegertracing/jaeger/blob/main/internal/proto-gen/api_v2/metrics (OpenMetrics, as protobuf's JSON)
 */
export interface MetricFamily {
  name: string;
  type: 'GAUGE';
  help: string;
  metrics: Metric[];
}

interface Metric {
  /** The service first: Jaeger UI reads it by its place. */
  labels: { name: string; value: string }[];
  metricPoints: { gaugeValue: { doubleValue: number | 'NaN' }; timestamp: string }[];
}

export interface Series {
  service: string;
  /** Where they were asked for one by one. */
  operation?: string;
  /** Null where nothing can be said. */
  values: readonly (number | null)[];
}

/** Latencies are milliseconds, calls are per second, errors a share of the calls, 0 to 1. */
export type MetricKind = 'latencies' | 'calls' | 'errors';

const names = { latencies: 'latencies', calls: 'call_rate', errors: 'error_rate' };
const help = {
  latencies: 'latency in milliseconds at the asked quantile',
  calls: 'calls per second',
  errors: 'share of the calls that failed',
};

export interface FamilyOptions {
  groupByOperation: boolean;
  /** Of the first value, and from one to the next. */
  firstMs: number;
  stepMs: number;
}

export function metricFamily(kind: MetricKind, series: readonly Series[], options: FamilyOptions): MetricFamily {
  const { groupByOperation } = options;
  return {
    name: `service_${groupByOperation ? 'operation_' : ''}${names[kind]}`,
    type: 'GAUGE',
    help: `${help[kind]}, by service${groupByOperation ? ' and operation' : ''}`,
    metrics: series.map((one) => metricOf(one, options)),
  };
}

function metricOf({ service, operation, values }: Series, { firstMs, stepMs }: FamilyOptions): Metric {
  return {
    labels: [
      { name: 'service_name', value: service },
      ...(operation === undefined ? [] : [{ name: 'operation', value: operation }]),
    ],
    metricPoints: values.map((value, index) => ({
      gaugeValue: { doubleValue: value ?? 'NaN' },
      timestamp: new Date(firstMs + index * stepMs).toISOString(),
    })),
  };
}
