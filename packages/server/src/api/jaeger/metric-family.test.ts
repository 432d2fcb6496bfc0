import { expect, test } from 'vitest';
import { metricFamily } from './metric-family.ts';

const options = { firstMs: Date.UTC(2026, 0, 1), stepMs: 60_000, groupByOperation: false };

test('a point for each step, the service before all labels, and NaN where nothing can be said', () => {
  expect(metricFamily('latencies', [{ service: 'shop', values: [12.5, null] }], options)).toEqual({
    name: 'service_latencies',
    type: 'GAUGE',
    help: 'latency in milliseconds at the asked quantile, by service',
    metrics: [
      {
        labels: [{ name: 'service_name', value: 'shop' }],
        metricPoints: [
          { gaugeValue: { doubleValue: 12.5 }, timestamp: '2026-01-01T00:00:00.000Z' },
          { gaugeValue: { doubleValue: 'NaN' }, timestamp: '2026-01-01T00:01:00.000Z' },
        ],
      },
    ],
  });
});

test.each([
  ['calls', 'service_operation_call_rate'],
  ['errors', 'service_operation_error_rate'],
  ['latencies', 'service_operation_latencies'],
] as const)('%s by operation', (kind, name) => {
  const series = [{ service: 'shop', operation: 'GET /', values: [1] }];
  const family = metricFamily(kind, series, { ...options, groupByOperation: true });
  expect(family).toMatchObject({
    name,
    metrics: [
      {
        labels: [
          { name: 'service_name', value: 'shop' },
          { name: 'operation', value: 'GET /' },
        ],
      },
    ],
  });
});
