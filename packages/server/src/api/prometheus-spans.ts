/**
 * Span metrics for Prometheus, under the names of the OpenTelemetry Collector's spanmetrics connector, so that dashboards and
 * alerts that were made for those work with these.
 *
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/connector/spanmetricsconnector
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
import type { FastifyInstance } from 'fastify';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { boundsMs, SpanCounters, type SpanSeries } from '../query/span-counters.ts';
import { type Store, withQueryOptions } from '../store/store.ts';
import { failureOf } from './failure.ts';
import { QueryString } from './query-string.ts';

export function registerPrometheusSpans(app: FastifyInstance, store: Store): void {
  const counters = new SpanCounters(withQueryOptions(store, { kind: 'search' }));
  app.setErrorHandler((error, _, reply) => {
    const failure = failureOf(error);
    if (!failure) throw error;
    return reply.code(failure.status).type('text/plain; charset=utf-8').send(`${failure.message}\n`);
  });

  app.get('/spans', async (request, reply) => {
    const prefix = prefixOf(new QueryString(request.query, ['namespace']).text('namespace'));
    const series = await counters.read();
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(spanMetricsText(series, prefix));
  });
}

function prefixOf(namespace = 'traces_span_metrics'): string {
  if (namespace === 'none') return '';
  if (/^[a-z_][a-z0-9_]*$/i.test(namespace)) return `${namespace}_`;
  const message = `namespace=${JSON.stringify(namespace)} cannot begin a metric's name: give letters, digits and _, or "none".`;
  throw new InvalidParameter('invalid-namespace', 'namespace', message);
}

export function spanMetricsText(series: readonly SpanSeries[], prefix: string): string {
  const calls = `${prefix}calls_total`;
  const duration = `${prefix}duration_milliseconds`;
  const left = series.filter(({ isRest }) => isRest).reduce((sum, rest) => sum + rest.calls, 0);
  const labelled = series.map((one) => [labelsOf(one), one] as const);
  return [
    ...head(calls, 'counter', 'Spans.'),
    ...labelled.map(([labels, one]) => `${calls}{${labels}} ${one.calls}`),
    ...head(duration, 'histogram', 'Durations of spans.'),
    ...labelled.flatMap(([labels, one]) => histogramLines(duration, labels, one)),
    ...head('sightline_span_metrics_overflow_spans_total', 'counter', 'Spans of too many names, counted without them.'),
    `sightline_span_metrics_overflow_spans_total ${left}`,
    '',
  ].join('\n');
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function histogramLines(name: string, labels: string, { calls, milliseconds, buckets }: SpanSeries): string[] {
  return [
    ...boundsMs.map((bound, i) => `${name}_bucket{${labels},le="${bound}"} ${buckets[i]}`),
    `${name}_bucket{${labels},le="+Inf"} ${calls}`,
    `${name}_sum{${labels}} ${milliseconds}`,
    `${name}_count{${labels}} ${calls}`,
  ];
}

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const statuses = ['UNSET', 'OK', 'ERROR'];

function labelsOf({ service, name, kind, status, isRest }: SpanSeries): string {
  if (isRest) return 'otel_metric_overflow="true"';
  const values = {
    service_name: service,
    span_name: name,
    span_kind: `SPAN_KIND_${kinds[kind] ?? kinds[0]}`,
    status_code: `STATUS_CODE_${statuses[status] ?? statuses[0]}`,
  };
  return Object.entries(values)
    .map(([label, value]) => `${label}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
