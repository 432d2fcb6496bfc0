/** What stands in a spanset's braces, and wherever else one span is spoken of. */
import type {
  BinaryOperator,
  Exists,
  Field,
  FieldExpression,
  Literal,
  Located,
  SpansetFilter,
  UnaryOperation,
} from './ast.ts';
import { intrinsicOf, nearestIntrinsic } from './intrinsics.ts';
import { minInt64 } from './literals.ts';
import { fieldOperators, lowestPrecedence, precedenceOf, prefixPrecedence, rightPrecedenceOf } from './operators.ts';
import { QueryError } from './query-error.ts';
import type { TokenReader } from './token-reader.ts';

/** @throws QueryError */
export function parseFieldExpression(tokens: TokenReader): FieldExpression {
  return notNil(parseOperation(tokens, lowestPrecedence));
}

/** An attribute or an intrinsic alone. @throws QueryError */
export function parseField(tokens: TokenReader): Field {
  const { current } = tokens;
  const field = notNil(parseOperand(tokens));
  if (field.kind === 'attribute' || field.kind === 'intrinsic') return field;
  throw new QueryError(
    `Expected an attribute or an intrinsic alone, for example span.http.route or duration, but found ${tokens.textOf({ from: current.from, to: tokens.end })}.`,
    { from: current.from, to: tokens.end },
  );
}

/** @throws QueryError */
export function parseSpansetFilter(tokens: TokenReader): SpansetFilter {
  const { from } = tokens.current;
  tokens.expect('{', 'to open a spanset');
  if (tokens.accept('}')) return { kind: 'spanset-filter', from, to: tokens.end };
  const condition = parseFieldExpression(tokens);
  tokens.expect('}', 'to close the spanset, or an operator');
  return { kind: 'spanset-filter', condition, from, to: tokens.end };
}

/** Only on its way to an `exists`. */
interface Nil extends Located {
  kind: 'nil';
}

function parseOperation(tokens: TokenReader, minimum: number): FieldExpression | Nil {
  let left = parseOperand(tokens);
  for (let operator = operatorOf(tokens); operator; operator = operatorOf(tokens)) {
    if (precedenceOf(operator) < minimum) break;
    const at = tokens.next();
    const right = tokens.nested(() => parseOperation(tokens, rightPrecedenceOf(operator as BinaryOperator)));
    left = combine(operator, left, right, at);
  }
  return left;
}

function operatorOf({ current }: TokenReader): BinaryOperator | undefined {
  return current.kind === 'symbol' ? fieldOperators.find((operator) => operator === current.text) : undefined;
}

function combine(
  operator: BinaryOperator,
  left: FieldExpression | Nil,
  right: FieldExpression | Nil,
  at: Located,
): FieldExpression {
  const { from } = left;
  const { to } = right;
  if (left.kind !== 'nil' && right.kind !== 'nil') return { kind: 'binary', operator, left, right, from, to };
  if (operator !== '=' && operator !== '!=') {
    throw new QueryError(`nil can be compared with = and != only, not with ${operator}.`, at);
  }
  const operand = left.kind === 'nil' ? right : left;
  if (operand.kind === 'nil') return { kind: 'literal', type: 'bool', value: false, from, to };
  return { kind: 'exists', negated: operator === '=', operand, from, to } satisfies Exists;
}

function notNil(expression: FieldExpression | Nil): FieldExpression {
  if (expression.kind !== 'nil') return expression;
  throw new QueryError(
    'nil alone says nothing: compare an attribute with it, as in span.http.route != nil.',
    expression,
  );
}

function parseOperand(tokens: TokenReader): FieldExpression | Nil {
  const { current } = tokens;
  if (current.kind === 'value') {
    tokens.next();
    return current.value;
  }
  if (current.kind === 'word') return parseWord(tokens);
  if (tokens.isSymbol('-') || tokens.isSymbol('!')) return parsePrefix(tokens, tokens.isSymbol('-') ? '-' : '!');
  if (!tokens.accept('(')) throw tokens.unexpected('an attribute, an intrinsic or a value');
  const inner = tokens.nested(() => parseOperation(tokens, lowestPrecedence));
  tokens.expect(')', 'to close the parenthesis');
  return inner;
}

function parsePrefix(tokens: TokenReader, operator: UnaryOperation['operator']): FieldExpression {
  const { from } = tokens.next();
  const operand = notNil(tokens.nested(() => parseOperation(tokens, prefixPrecedence)));
  const at = { from, to: operand.to };
  if (operator === '-' && operand.kind === 'literal') return negateLiteral(operand, at);
  return { kind: 'unary', operator, operand, ...at };
}

/** @throws QueryError */
export function negateLiteral(literal: Literal, { from, to }: Located): Literal {
  switch (literal.type) {
    case 'float':
      return { ...literal, value: -literal.value, from, to };
    case 'int':
    case 'duration':
      if (literal.value !== minInt64) return { ...literal, value: -literal.value, from, to };
      throw new QueryError('-minInt is beyond 64 bits.', { from, to });
    default:
      throw new QueryError(`- before ${describe(literal)}: only numbers have a sign.`, { from, to });
  }
}

function describe(literal: Literal): string {
  return literal.type === 'string' ? 'a string' : String(literal.value);
}

const bools: readonly string[] = ['true', 'false'];
const statuses = ['ok', 'error', 'unset'] as const;
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

function parseWord(tokens: TokenReader): FieldExpression | Nil {
  const word = tokens.expectWord('a word');
  const { text, from, to } = word;
  const intrinsic = intrinsicOf(text);
  if (intrinsic) return { kind: 'intrinsic', name: intrinsic, from, to };
  if (text === 'nil') return { kind: 'nil', from, to };
  if (bools.includes(text)) return { kind: 'literal', type: 'bool', value: text === 'true', from, to };
  const status = statuses.find((name) => name === text);
  if (status) return { kind: 'literal', type: 'status', value: status, from, to };
  const kind = kinds.find((name) => name === text);
  if (kind) return { kind: 'literal', type: 'kind', value: kind, from, to };
  throw new QueryError(unknownWord(text), word);
}

function unknownWord(text: string): string {
  if (text === 'parent')
    return 'parent alone is no value: write span:parentID, or parent.name for an attribute of the parent.';
  const meant = nearestIntrinsic(text);
  if (text.includes(':')) {
    return meant
      ? `${text} is no intrinsic: did you mean ${meant}?`
      : `${text} is no intrinsic: attributes have a dot after their scope, as in span.http.route.`;
  }
  const instead = meant ? `did you mean ${meant}, or` : 'did you mean';
  return `${text} is no intrinsic: ${instead} the attribute .${text} or the text "${text}"?`;
}
