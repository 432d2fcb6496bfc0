/** Jaeger's span metrics, which its Monitor tab draws. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { findKindMetrics, type KindMetrics } from '../../query/kind-metrics.ts';
import type { Store } from '../../store/store.ts';
import { searchFor } from '../reading.ts';
import { envelope } from './envelope.ts';
import { type MetricFamily, type MetricKind, metricFamily } from './metric-family.ts';
import { type MetricsQuery, minStepMs, readMetricsQuery } from './metrics-query.ts';

export function registerMetrics(app: FastifyInstance, store: Store): void {
  for (const kind of ['latencies', 'calls', 'errors'] as const) {
    app.get(`/metrics/${kind}`, async (request): Promise<MetricFamily> => answer(kind, request, store));
  }
  app.get('/metrics/minstep', async () => envelope(minStepMs, 0));
}

async function answer(kind: MetricKind, request: FastifyRequest, store: Store): Promise<MetricFamily> {
  const query = readMetricsQuery(request.query);
  if (kind === 'latencies' && query.quantile === undefined) {
    throw new InvalidParameter('missing-quantile', 'quantile', 'Which latency? Give a quantile: quantile=0.95.');
  }
  const points = pointsOf(query);
  const found = await findKindMetrics(searchFor(request, store), {
    services: query.services,
    kinds: query.kinds,
    byName: query.groupByOperation,
    quantile: query.quantile ?? 0.5,
    firstUnix: points.firstMs / 1000,
    stepSeconds: query.stepMs / 1000,
    count: points.count,
    windowSeconds: query.ratePerMs / 1000,
  });
  const series = found.map((metrics) => ({
    service: metrics.service,
    ...(metrics.name !== undefined && { operation: metrics.name }),
    values: valuesOf(kind, metrics, query.ratePerMs / 1000),
  }));
  const { groupByOperation, stepMs } = query;
  return metricFamily(kind, series, { groupByOperation, firstMs: points.firstMs, stepMs });
}

/** The last at the end of the last minute that has ended. */
function pointsOf({ endMs, lookbackMs, stepMs }: MetricsQuery): { firstMs: number; count: number } {
  const lastMs = endMs - (endMs % minStepMs);
  const count = Math.floor(lookbackMs / stepMs) + 1;
  return { firstMs: lastMs - (count - 1) * stepMs, count };
}

function valuesOf(kind: MetricKind, metrics: KindMetrics, windowSeconds: number): (number | null)[] {
  const { calls, errors, latenciesNano } = metrics;
  switch (kind) {
    case 'latencies':
      return latenciesNano.map((nano) => (nano === null ? null : nano / 1e6));
    case 'calls':
      return calls.map((count) => count / windowSeconds);
    case 'errors':
      return calls.map((count, i) => (count === 0 ? null : (errors[i] ?? 0) / count));
  }
}
