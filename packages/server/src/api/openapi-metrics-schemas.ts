/** `components.schemas` of what is told of many spans at once: `http-api-metrics.ts` of `@sightline/wire`. */
import {
  count,
  durationNano,
  kind,
  list,
  object,
  record,
  ref,
  type Schema,
  share,
  text,
  unixNano,
} from './openapi-schema.ts';

const latency: Schema = { type: 'number', minimum: 0, description: 'Nanoseconds, within 3.2 %.' };
const latencies = list(
  { type: ['number', 'null'], minimum: 0 },
  'Per step, in nanoseconds; null where no span started in it.',
);
const perStep = list(count, 'Per step.');
const nodeKind: Schema = { type: 'string', enum: ['service', 'database', 'messaging', 'external'] };

const metricsOfOne = {
  service: text,
  name: text,
  kind,
  spanCount: count,
  errorCount: count,
  p50Nano: latency,
  p95Nano: latency,
  p99Nano: latency,
  calls: perStep,
  errors: perStep,
  p50s: latencies,
  p95s: latencies,
  p99s: latencies,
};

export const metricsSchemas: Record<string, Schema> = {
  ServiceMetricsResponse: record({
    startUnixNano: unixNano,
    stepNano: durationNano,
    entries: list(ref('ServiceMetrics'), 'Most spans first.'),
    others: { ...count, description: 'Entries beyond the 1,000 of the answer.' },
  }),
  ServiceMetrics: object(
    metricsOfOne,
    Object.keys(metricsOfOne).filter((property) => property !== 'name' && property !== 'kind'),
  ),
  DependenciesResponse: record({
    startUnixNano: unixNano,
    endUnixNano: unixNano,
    nodes: list(record({ service: text, kind: nodeKind, spanCount: count, errorCount: count })),
    edges: list(
      record({
        parent: text,
        child: text,
        childKind: nodeKind,
        callCount: count,
        errorCount: count,
        p50Nano: latency,
        p95Nano: latency,
      }),
      'Most calls first.',
    ),
    warnings: list(text, 'What could not be looked at; empty where everything was.'),
  }),
  StandingResponse: record({
    startUnixNano: unixNano,
    endUnixNano: unixNano,
    spanCount: count,
    errorCount: count,
    slowerThan: { ...share, description: 'The share of the other spans that took less time.' },
    p50Nano: latency,
    p95Nano: latency,
    p99Nano: latency,
    maxNano: { type: 'number', minimum: 0, description: 'Nanoseconds.' },
  }),
};
