import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateSearch } from './evaluate.fixture.ts';
import { evaluateMetrics } from './evaluate-metrics.fixture.ts';
import { modelTraces } from './trace-model.fixture.ts';
import { metricsArbitrary, searchArbitrary } from './traceql-arbitrary.fixture.ts';
import { firstStartUnixNano, tracesArbitrary } from './traces-arbitrary.fixture.ts';

test('queries and traces are made for each other: many queries find some, and many none', () => {
  const [samples, queries] = [
    fc.sample(tracesArbitrary, { numRuns: 150, seed: 1 }),
    fc.sample(searchArbitrary, { numRuns: 150, seed: 2 }),
  ];
  const found = queries.filter(
    (query, index) => evaluateSearch(query, modelTraces(samples[index] as (typeof samples)[0])).length > 0,
  );
  expect(found.length).toBeGreaterThan(45);
  expect(found.length).toBeLessThan(125);
});

test('metrics queries give series with a point for each step', () => {
  const range = { startUnixNano: firstStartUnixNano, endUnixNano: firstStartUnixNano + 55n, stepNano: 20n };
  const [samples, queries] = [
    fc.sample(tracesArbitrary, { numRuns: 150, seed: 1 }),
    fc.sample(metricsArbitrary, { numRuns: 150, seed: 2 }),
  ];
  const series = queries.flatMap((query, index) =>
    evaluateMetrics(query, modelTraces(samples[index] as (typeof samples)[0]), range),
  );
  expect(series.length).toBeGreaterThan(50);
  for (const { values } of series) expect(values).toHaveLength(3);
});
