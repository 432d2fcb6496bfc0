/** For tests: fields, conditions and numbers as queries say them, of the right types. */
import fc, { type Arbitrary } from 'fast-check';
import type {
  Attribute,
  BinaryOperation,
  Field,
  FieldExpression,
  Intrinsic,
  IntrinsicName,
  Literal,
  Located,
  NumericLiteral,
} from './ast.ts';
import { type IntrinsicType, intrinsicTypes } from './intrinsics.ts';
import { arithmeticOperators, orderOperators } from './operators.ts';
import {
  attributeKeys,
  largeInts,
  names,
  services,
  smallFloats,
  smallInts,
  spanIds,
  texts,
  traceIds,
} from './traces-arbitrary.fixture.ts';

/** Generated nodes stand nowhere. */
export const at: Located = { from: 0, to: 0 };
export type Unlocated<Node> = Node extends unknown ? Omit<Node, 'from' | 'to'> : never;

const scope: Arbitrary<Unlocated<Pick<Attribute, 'scope' | 'parent'>>> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom({ scope: 'any' as const }, { scope: 'span' as const }, { scope: 'resource' as const }),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      { scope: 'event' as const },
      { scope: 'link' as const },
      { scope: 'instrumentation' as const },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { scope: 'any' as const, parent: true as const },
      { scope: 'span' as const, parent: true as const },
    ),
  },
);

const attributeOf = (...keys: string[]): Arbitrary<Attribute> =>
  fc
    .record({ place: scope, name: fc.constantFrom(...keys) })
    .map(({ place, name }): Attribute => ({ kind: 'attribute', ...place, name, ...at }));

const intrinsicNames = Object.keys(intrinsicTypes) as IntrinsicName[];
const intrinsicOf = (...types: IntrinsicType[]): Arbitrary<Intrinsic> =>
  fc
    .constantFrom(...intrinsicNames.filter((name) => types.includes(intrinsicTypes[name])))
    .map((name): Intrinsic => ({ kind: 'intrinsic', name, ...at }));

export const fieldOf: Arbitrary<Field> = fc.oneof<Arbitrary<Field>[]>(
  attributeOf(...attributeKeys, 'service.name', 'absent'),
  intrinsicOf('string', 'int', 'duration', 'status', 'kind'),
);

/** Of numbers whose sums are exact. */
export const numericField: Arbitrary<Field> = fc.oneof<Arbitrary<Field>[]>(
  attributeOf('number', 'any'),
  intrinsicOf('duration', 'int'),
);

const literalOf = <Type extends Literal['type']>(
  type: Type,
  values: readonly (Literal & { type: Type })['value'][],
): Arbitrary<Literal> =>
  fc.constantFrom(...values).map((value) => ({ kind: 'literal', type, value, ...at }) as Literal);

const durations: readonly bigint[] = [-5n, 0n, 1n, 8n, 10n, 20n, 250n, 1_500_000_000n, 3_000_000_000n];
const string = literalOf('string', [
  ...texts,
  ...names,
  ...services,
  'exception',
  'http',
  '1',
  spanIds[1] ?? '',
  traceIds[2] ?? '',
]);

export const numericLiteral: Arbitrary<NumericLiteral> = fc.oneof(
  { weight: 3, arbitrary: literalOf('int', smallInts) },
  { weight: 2, arbitrary: literalOf('float', smallFloats) },
  { weight: 2, arbitrary: literalOf('duration', durations) },
  { weight: 1, arbitrary: literalOf('int', largeInts) },
) as Arbitrary<NumericLiteral>;

const binary = (
  operator: Arbitrary<BinaryOperation['operator']>,
  left: Arbitrary<FieldExpression>,
  right: Arbitrary<FieldExpression>,
): Arbitrary<FieldExpression> =>
  fc.record({ operator, left, right }).map((parts): FieldExpression => ({ kind: 'binary', ...parts, ...at }));

const equality: Arbitrary<'=' | '!='> = fc.constantFrom('=', '!=');
const order: Arbitrary<BinaryOperation['operator']> = fc.constantFrom(...orderOperators);
const number: Arbitrary<FieldExpression> = fc.oneof<Arbitrary<FieldExpression>[]>(
  numericLiteral,
  attributeOf('number', 'large', 'any'),
  intrinsicOf('int', 'duration'),
);
const power: Arbitrary<FieldExpression> = binary(
  fc.constant('^'),
  attributeOf('number'),
  literalOf('int', [0n, 1n, 2n]),
);
const negative: Arbitrary<FieldExpression> = numericField.map(
  (operand): FieldExpression => ({ kind: 'unary', operator: '-', operand, ...at }),
);
const arithmetic: Arbitrary<FieldExpression> = fc.oneof(
  {
    weight: 4,
    arbitrary: binary(fc.constantFrom(...arithmeticOperators.filter((each) => each !== '^')), number, number),
  },
  { weight: 1, arbitrary: power },
  { weight: 1, arbitrary: negative },
);

const patterns = ['a', 'a|b', 'a|b', '.*', '.+', 'a.*', '[^a]*', 'G.T /', 'sh.p|db', '(?i)A', '2\\d\\d', 'ä.*', ''];

const comparison: Arbitrary<FieldExpression> = fc.oneof(
  {
    weight: 4,
    arbitrary: binary(
      order,
      fc.oneof<Arbitrary<FieldExpression>[]>(
        attributeOf('text', 'any', 'two words, id', 'service.name'),
        intrinsicOf('string'),
      ),
      string,
    ),
  },
  { weight: 4, arbitrary: binary(order, number, number) },
  { weight: 2, arbitrary: binary(order, arithmetic, number) },
  {
    weight: 2,
    arbitrary: binary(
      fc.constantFrom('=~', '!~'),
      fc.oneof<Arbitrary<FieldExpression>[]>(attributeOf('text', 'any', 'service.name'), intrinsicOf('string')),
      literalOf('string', patterns),
    ),
  },
  { weight: 1, arbitrary: binary(equality, intrinsicOf('status'), literalOf('status', ['ok', 'error', 'unset'])) },
  {
    weight: 1,
    arbitrary: binary(
      equality,
      intrinsicOf('kind'),
      literalOf('kind', ['unspecified', 'server', 'client', 'internal']),
    ),
  },
  { weight: 1, arbitrary: binary(equality, attributeOf('flag', 'any'), literalOf('bool', [true, false])) },
  { weight: 1, arbitrary: binary(equality, attributeOf('any', 'text'), attributeOf('any', 'text', 'number')) },
  { weight: 1, arbitrary: attributeOf('flag', 'any') },
  { weight: 1, arbitrary: literalOf('bool', [true, false]) },
  {
    weight: 2,
    arbitrary: fc
      .record({ negated: fc.boolean(), operand: attributeOf(...attributeKeys, 'absent') })
      .map((parts): FieldExpression => ({ kind: 'exists', ...parts, ...at })),
  },
);

export const { condition }: { condition: Arbitrary<FieldExpression> } = fc.letrec<{ condition: FieldExpression }>(
  (tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 4, arbitrary: comparison },
      { weight: 3, arbitrary: binary(fc.constantFrom('&&', '||'), tie('condition'), tie('condition')) },
      {
        weight: 1,
        arbitrary: tie('condition').map(
          (operand): FieldExpression => ({ kind: 'unary', operator: '!', operand, ...at }),
        ),
      },
    ),
  }),
);
