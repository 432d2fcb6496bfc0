/** For tests: what turns spans into series, and what follows it. */
import fc, { type Arbitrary } from 'fast-check';
import type { Field, MetricsAggregate, MetricsExpression, NumericLiteral, Pipeline, SpansetFilter } from './ast.ts';
import { at, fieldOf, numericField, numericLiteral } from './field-arbitrary.fixture.ts';
import { valuesOverTime } from './functions.ts';
import { orderOperators } from './operators.ts';

const by: Arbitrary<Field[]> = fc.array(fieldOf, { maxLength: 2 });

const aggregate: Arbitrary<MetricsAggregate> = fc.oneof<Arbitrary<MetricsAggregate>[]>(
  fc
    .record({ function: fc.constantFrom('rate' as const, 'count_over_time' as const), by })
    .map((parts): MetricsAggregate => ({ kind: 'metrics-aggregate', ...parts, ...at })),
  fc
    .record({ function: fc.constantFrom(...valuesOverTime), of: numericField, by })
    .map((parts): MetricsAggregate => ({ kind: 'metrics-aggregate', ...parts, ...at })),
  fc
    .record({
      of: numericField,
      quantiles: fc.uniqueArray(fc.constantFrom(0, 0.5, 0.99, 1), { minLength: 1, maxLength: 2 }),
      by,
    })
    .map((parts): MetricsAggregate => ({ kind: 'metrics-aggregate', function: 'quantile_over_time', ...parts, ...at })),
);

/** No other stage may follow it. */
const compare = (selection: Arbitrary<SpansetFilter>): Arbitrary<MetricsAggregate> =>
  fc
    .record({ selection, limit: fc.constantFrom(1, 2, 10) })
    .map((parts): MetricsAggregate => ({ kind: 'metrics-aggregate', function: 'compare', ...parts, ...at }));

export function metricsExpression(
  pipeline: Arbitrary<Pipeline>,
  selection: Arbitrary<SpansetFilter>,
): Arbitrary<MetricsExpression> {
  const pipelineOf = (each: Arbitrary<MetricsAggregate>): Arbitrary<MetricsExpression> =>
    fc
      .record({ pipeline, aggregate: each })
      .map((parts): MetricsExpression => ({ kind: 'metrics-pipeline', ...parts, ...at }));
  const constant: Arbitrary<MetricsExpression> = fc
    .constantFrom(-2, 0, 0.5, 100)
    .map((value): MetricsExpression => ({ kind: 'metrics-constant', value, ...at }));

  const { series } = fc.letrec<{ series: MetricsExpression }>((tie) => ({
    series: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: pipelineOf(aggregate) },
      {
        weight: 1,
        arbitrary: fc
          .record({
            operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
            left: fc.oneof({ weight: 3, arbitrary: tie('series') }, { weight: 1, arbitrary: constant }),
            right: fc.oneof({ weight: 3, arbitrary: tie('series') }, { weight: 1, arbitrary: constant }),
          })
          .filter(({ left, right }) => left.kind !== 'metrics-constant' || right.kind !== 'metrics-constant')
          .map((parts): MetricsExpression => ({ kind: 'metrics-operation', ...parts, ...at })),
      },
      {
        weight: 1,
        arbitrary: fc
          .record({
            kind: fc.constantFrom('topk' as const, 'bottomk' as const),
            of: tie('series'),
            limit: fc.constantFrom(1, 2, 5),
          })
          .map((parts): MetricsExpression => ({ ...parts, ...at })),
      },
      {
        weight: 1,
        arbitrary: fc
          .record<{ of: MetricsExpression; operator: (typeof orderOperators)[number]; value: NumericLiteral }>({
            of: tie('series'),
            operator: fc.constantFrom(...orderOperators),
            value: numericLiteral,
          })
          .map((parts): MetricsExpression => ({ kind: 'metrics-filter', ...parts, ...at })),
      },
    ),
  }));
  return fc.oneof({ weight: 9, arbitrary: series }, { weight: 2, arbitrary: pipelineOf(compare(selection)) });
}
