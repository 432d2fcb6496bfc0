import type { Span, TracesData } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { queryMetrics } from './metrics.ts';
import { openStoreFixture } from './store.fixture.ts';
import type { MetricsQuery } from './traceql/ast.ts';
import { evaluateMetrics } from './traceql/evaluate-metrics.fixture.ts';
import { toAnyValue, type Value } from './traceql/span-values.ts';
import { modelTraces } from './traceql/trace-model.fixture.ts';
import { metricsArbitrary } from './traceql/traceql-arbitrary.fixture.ts';
import { firstStartUnixNano, tracesArbitrary } from './traceql/traces-arbitrary.fixture.ts';

const isLong = process.env.SIGHTLINE_E2E === 'long';
const [storeCount, queriesPerStore] = isLong ? [10, 200] : [1, 50];
const stepNano = 20n;
const stepCount = 4;
const endUnixNano = firstStartUnixNano + stepNano * BigInt(stepCount);
const window = {
  range: { startUnixNano: firstStartUnixNano, endUnixNano: endUnixNano - 1n },
  startUnixNano: firstStartUnixNano,
  stepNano,
  stepCount,
};

test(
  'metrics are what the naive evaluator says',
  () => expectAsModelled(metricsArbitrary.filter((query) => !isComparison(query))),
  isLong ? 3_600_000 : 120_000,
);

test(
  'what compare counts is what the naive evaluator says',
  () => expectAsModelled(metricsArbitrary.filter(isComparison).map(withoutLimit)),
  isLong ? 3_600_000 : 120_000,
);

async function expectAsModelled(queries: fc.Arbitrary<MetricsQuery>): Promise<void> {
  for (let seed = 1; seed <= storeCount; seed++) {
    const fixture = await openStoreFixture();
    try {
      const traces = withoutRepeats(fc.sample(tracesArbitrary, { numRuns: 1, seed })[0] ?? { resourceSpans: [] });
      await fixture.insert(traces);
      const model = modelTraces(traces);
      await fc.assert(
        fc.asyncProperty(queries, async (query) => {
          const { series } = await queryMetrics(fixture.store, { query, window, exemplars: 0 });
          const expected = evaluateMetrics(query, model, { startUnixNano: firstStartUnixNano, endUnixNano, stepNano });
          expect(
            sorted(series.map(({ labels, values }) => [labels.map(({ key, value }) => [key, value]), values])),
          ).toEqual(
            sorted(
              expected.map(({ labels, values }) => [
                labels.map(({ name, value }) => [name, value ? toAnyValue(value as Value) : {}]),
                values,
              ]),
            ),
          );
        }),
        { numRuns: queriesPerStore, seed },
      );
    } finally {
      await fixture.remove();
    }
  }
}

function isComparison({ expression }: MetricsQuery): boolean {
  return expression.kind === 'metrics-pipeline' && expression.aggregate.function === 'compare';
}

/** A span that was sent twice counts twice where ClickHouse counts alone. */
function withoutRepeats({ resourceSpans }: TracesData): TracesData {
  const seen = new Set<string>();
  const isNew = ({ traceId, spanId, kind, startTimeUnixNano }: Span): boolean =>
    seen.size < seen.add(JSON.stringify([traceId, spanId, kind, startTimeUnixNano])).size;
  return {
    resourceSpans: resourceSpans.map((resource) => ({
      ...resource,
      scopeSpans: resource.scopeSpans.map((scope) => ({ ...scope, spans: scope.spans.filter(isNew) })),
    })),
  };
}

/** Which of equally frequent values `compare` leaves out is nobody's business. */
function withoutLimit(query: MetricsQuery): MetricsQuery {
  const { expression } = query;
  if (expression.kind !== 'metrics-pipeline' || expression.aggregate.function !== 'compare') return query;
  return { ...query, expression: { ...expression, aggregate: { ...expression.aggregate, limit: 1000 } } };
}

/** Rounded, since sums of floats depend on their order. */
function sorted(series: [labels: unknown, values: (number | null)[]][]): string[] {
  return series
    .map(([labels, values]) => JSON.stringify([labels, values.map((value) => value && Number(value.toPrecision(10)))]))
    .sort();
}
