import { describe, expect, test } from 'vitest';
import type { MetricsQuery, SpansetQuery } from './ast.ts';
import { documentationStartUnixNano, documentationTraces } from './documentation-traces.fixture.ts';
import { evaluateSearch } from './evaluate.fixture.ts';
import { evaluateMetrics } from './evaluate-metrics.fixture.ts';
import { parseQuery } from './parse.ts';
import type { Series } from './series.fixture.ts';
import { modelTraces } from './trace-model.fixture.ts';
import { documentationMetrics, documentationSearches, documentationStepNano } from './traceql-documentation.fixture.ts';

const traces = modelTraces(documentationTraces);
const range = {
  startUnixNano: documentationStartUnixNano,
  endUnixNano: documentationStartUnixNano + 3n * documentationStepNano,
  stepNano: documentationStepNano,
};

describe("the documentation's searches find", () => {
  test.each(documentationSearches)('%s', (query, expected) => {
    const found = evaluateSearch(parseQuery(query) as SpansetQuery, traces).flatMap(({ spansets }) =>
      spansets.map(({ spans }) => spans.map(({ span }) => span.spanId.slice(-2)).join(' ')),
    );
    expect(found).toEqual(expected);
  });
});

const metrics = (query: string): Series[] => evaluateMetrics(parseQuery(query) as MetricsQuery, traces, range);

describe("the documentation's metrics give", () => {
  test.each(documentationMetrics)('%s', (query, expected) => {
    const series = metrics(query).map(({ labels, values }) => [labelText(labels), values.map(rounded)]);
    expect(new Map(series as [string, unknown][])).toEqual(
      new Map(expected.map(([labels, values]) => [JSON.stringify(labels), values.map(rounded)])),
    );
  });

  test('what a selection has and the rest has not', () => {
    const compared = metrics('{ resource.deployment.environment = "production" } | compare({ status = error }, 1)').map(
      ({ labels, values }) => `${labelText(labels)} ${values[0]}`,
    );
    expect(compared).toEqual(
      expect.arrayContaining([
        '{"__meta_type":"selection","status":"error"} 3',
        '{"__meta_type":"selection_total","status":null} 3',
        '{"__meta_type":"selection","resource.service.name":"frontend"} 2',
        '{"__meta_type":"selection_total","resource.service.name":null} 3',
        '{"__meta_type":"baseline","resource.service.name":"productcatalogservice"} 1',
      ]),
    );
    expect(compared.filter((text) => text.includes('"resource.service.name"'))).toHaveLength(4);
  });
});

function labelText(labels: Series['labels']): string {
  const entries = labels.map(({ name, value }) => [name, value && 'value' in value ? plain(value.value) : null]);
  return JSON.stringify(Object.fromEntries(entries));
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(9));
}
