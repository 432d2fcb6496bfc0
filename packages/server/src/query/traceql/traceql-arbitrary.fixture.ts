/** For tests: any query that `parseQuery` takes, over what `tracesArbitrary` puts into traces. */
import fc, { type Arbitrary } from 'fast-check';
import type {
  Aggregate,
  BinaryOperation,
  Field,
  Hint,
  MetricsQuery,
  NumericLiteral,
  ScalarExpression,
  ScalarFilter,
  SpansetExpression,
  SpansetFilter,
  SpansetQuery,
  Stage,
} from './ast.ts';
import { at, condition, fieldOf, numericField, numericLiteral, type Unlocated } from './field-arbitrary.fixture.ts';
import { metricsExpression } from './metrics-arbitrary.fixture.ts';
import { arithmeticOperators, orderOperators, spansetOperators } from './operators.ts';

export const spansetFilter: Arbitrary<SpansetFilter> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<SpansetFilter>({ kind: 'spanset-filter', ...at }) },
  {
    weight: 9,
    arbitrary: condition.map((each): SpansetFilter => ({ kind: 'spanset-filter', condition: each, ...at })),
  },
);

const value: Arbitrary<BinaryOperation | Field> = fc.oneof(
  { weight: 3, arbitrary: numericField },
  {
    weight: 1,
    arbitrary: fc
      .record({ left: numericField, operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const) })
      .map(
        ({ left, operator }): BinaryOperation => ({
          kind: 'binary',
          operator,
          left,
          right: { kind: 'literal', type: 'int', value: 2n, ...at },
          ...at,
        }),
      ),
  },
);

const aggregate: Arbitrary<Aggregate> = fc.oneof(
  fc.constant<Aggregate>({ kind: 'aggregate', function: 'count', ...at }),
  fc
    .record({ name: fc.constantFrom('min' as const, 'max' as const, 'avg' as const, 'sum' as const), of: value })
    .map(({ name, of }): Aggregate => ({ kind: 'aggregate', function: name, of, ...at })),
);

const calculated: Arbitrary<ScalarExpression> = fc
  .record({
    left: aggregate,
    operator: fc.constantFrom(...arithmeticOperators.filter((operator) => operator !== '^')),
    right: fc.oneof<Arbitrary<Aggregate | NumericLiteral>[]>(aggregate, numericLiteral),
  })
  .map((parts): ScalarExpression => ({ kind: 'scalar-operation', ...parts, ...at }));

export const scalarFilter: Arbitrary<ScalarFilter> = fc
  .record({
    operator: fc.constantFrom(...orderOperators),
    left: fc.oneof({ weight: 4, arbitrary: aggregate }, { weight: 1, arbitrary: calculated }),
    right: fc.oneof<{ weight: number; arbitrary: Arbitrary<ScalarExpression> }[]>(
      { weight: 4, arbitrary: numericLiteral },
      { weight: 1, arbitrary: aggregate },
    ),
  })
  .map((parts): ScalarFilter => ({ kind: 'scalar-filter', ...parts, ...at }));

const { expression } = fc.letrec<{ expression: SpansetExpression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: spansetFilter },
    {
      weight: 3,
      arbitrary: fc
        .record({ operator: fc.constantFrom(...spansetOperators), left: tie('expression'), right: tie('expression') })
        .map((parts): SpansetExpression => ({ kind: 'spanset-operation', ...parts, ...at })),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(spansetFilter, scalarFilter)
        .map((stages): SpansetExpression => ({ kind: 'pipeline', stages: [...stages], ...at })),
    },
  ),
}));

/** A pipeline in parentheses is no stage: its stages are. */
const spansetStage: Arbitrary<Stage> = expression.filter(
  (each): each is Exclude<SpansetExpression, { kind: 'pipeline' }> => each.kind !== 'pipeline',
);

const laterStage: Arbitrary<Stage> = fc.oneof<{ weight: number; arbitrary: Arbitrary<Stage> }[]>(
  { weight: 2, arbitrary: spansetStage },
  { weight: 3, arbitrary: scalarFilter },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(fieldOf, condition), { minLength: 1, maxLength: 2 })
      .map((all): Unlocated<Stage> => ({ kind: 'by', expressions: all.filter(hasField) }))
      .filter((stage) => stage.kind === 'by' && stage.expressions.length > 0)
      .map((stage) => ({ ...stage, ...at }) as Stage),
  },
  { weight: 1, arbitrary: fc.constant<Stage>({ kind: 'coalesce', ...at }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fieldOf, { minLength: 1, maxLength: 3 })
      .map((fields): Stage => ({ kind: 'select', fields, ...at })),
  },
);

function hasField(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { kind } = part as { kind?: string };
  return kind === 'attribute' || kind === 'intrinsic' || Object.values(part).some(hasField);
}

export const pipeline: Arbitrary<SpansetQuery['pipeline']> = fc
  .record({
    first: fc.oneof<{ weight: number; arbitrary: Arbitrary<Stage> }[]>(
      { weight: 5, arbitrary: spansetStage },
      { weight: 1, arbitrary: scalarFilter },
    ),
    later: fc.array(laterStage, { maxLength: 3 }),
  })
  .map(({ first, later }): SpansetQuery['pipeline'] => ({ kind: 'pipeline', stages: [first, ...later], ...at }));

const hintOf = (name: string): Arbitrary<Hint[]> =>
  fc
    .option(fc.boolean(), { nil: undefined })
    .map((given): Hint[] =>
      given === undefined
        ? []
        : [{ kind: 'hint', name, value: { kind: 'literal', type: 'bool', value: given, ...at }, ...at }],
    );

export const searchArbitrary: Arbitrary<SpansetQuery> = fc
  .record({ pipeline, hints: hintOf('most_recent') })
  .map((parts): SpansetQuery => ({ kind: 'search', ...parts, ...at }));

export const metricsArbitrary: Arbitrary<MetricsQuery> = fc
  .record({ expression: metricsExpression(pipeline, spansetFilter), hints: hintOf('exemplars') })
  .map((parts): MetricsQuery => ({ kind: 'metrics', ...parts, ...at }));
