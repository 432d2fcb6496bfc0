/**
 * Stages, and the operators between spansets, aggregates and metrics. One precedence holds for all of them, and `>`
 * is a structure, a comparison or a threshold by what stands to its left: so operands are read first, whatever they
 * are, and `combine` then says what the operator makes of them.
 */
import type { Aggregate, GroupBy, NumericLiteral, Select } from './ast.ts';
import { combine } from './combine.ts';
import { aggregates, functions, metricsFunctions, secondStageFunctions } from './functions.ts';
import { intrinsicOf, nearest } from './intrinsics.ts';
import { isConstant, isMetrics, type Operand, parenthesised, pipelineOf, stagesOf } from './operand.ts';
import {
  arithmeticOperators,
  lowestPrecedence,
  type Operator,
  orderOperators,
  precedenceOf,
  rightPrecedenceOf,
  spansetOperators,
} from './operators.ts';
import { negateLiteral, parseField, parseFieldExpression, parseSpansetFilter } from './parse-field.ts';
import { parseMetrics, parseMetricsStages } from './parse-metrics.ts';
import { QueryError } from './query-error.ts';
import type { TokenReader } from './token-reader.ts';

/** Stages with `|` between them, up to where no other begins. @throws QueryError */
export function parseChain(tokens: TokenReader): Operand {
  const first = parseOperation(tokens, lowestPrecedence);
  const readThreshold = (): Operand => parseOperation(tokens, rightPrecedenceOf('>'));
  if (isMetrics(first)) return parseMetricsStages(tokens, first, readThreshold);
  if (!tokens.isSymbol('|')) return first;
  const stages = [...stagesOf(first)];
  while (tokens.accept('|')) {
    if (tokens.wordOf(metricsFunctions)) return parseMetrics(tokens, pipelineOf(stages), readThreshold);
    stages.push(...stagesOf(parseOperation(tokens, lowestPrecedence)));
  }
  return pipelineOf(stages);
}

/** @param minimum the precedence below which an operator is left for the caller @throws QueryError */
export function parseOperation(tokens: TokenReader, minimum: number): Operand {
  let left = parseOperand(tokens);
  for (let operator = operatorOf(tokens); operator; operator = operatorOf(tokens)) {
    const { at, minimumRight } = { at: tokens.current, minimumRight: rightPrecedenceOf(operator) };
    if (precedenceOf(operator) < minimum) break;
    tokens.next();
    left = combine(
      operator,
      left,
      tokens.nested(() => parseOperation(tokens, minimumRight)),
      at,
    );
  }
  return left;
}

const operators: readonly Operator[] = [...spansetOperators, ...orderOperators, ...arithmeticOperators];

function operatorOf({ current }: TokenReader): Operator | undefined {
  return current.kind === 'symbol' ? operators.find((operator) => operator === current.text) : undefined;
}

function parseOperand(tokens: TokenReader): Operand {
  const { current } = tokens;
  if (tokens.isSymbol('{')) return parseSpansetFilter(tokens);
  if (tokens.isSymbol('-')) return parseNegative(tokens);
  if (tokens.accept('(')) {
    const inner = tokens.nested(() => parseChain(tokens));
    tokens.expect(')', 'to close the parenthesis');
    return parenthesised(inner);
  }
  if (current.kind === 'word') return parseFunction(tokens, current.text);
  if (current.kind !== 'value') throw tokens.unexpected('{ … }, an aggregate as in count() > 2, by(…) or select(…)');
  const { value } = current;
  if (value.kind === 'attribute' || !isNumeric(value)) throw outsideOfBraces(tokens);
  tokens.next();
  return value;
}

function isNumeric(value: { type: string }): value is NumericLiteral {
  return value.type === 'int' || value.type === 'float' || value.type === 'duration';
}

function outsideOfBraces(tokens: TokenReader): QueryError {
  const { current } = tokens;
  const text = tokens.textOf(current);
  return new QueryError(`What is said of spans stands in braces: { ${text} … }.`, current);
}

function parseNegative(tokens: TokenReader): NumericLiteral {
  const { from } = tokens.next();
  const operand = tokens.nested(() => parseOperand(tokens));
  if (!isConstant(operand)) throw new QueryError('Only constants have a sign here: write 0 - before it.', operand);
  return negateLiteral(operand, { from, to: operand.to }) as NumericLiteral;
}

function parseFunction(tokens: TokenReader, name: string): Operand {
  const word = tokens.next();
  const { from } = word;
  const aggregate = aggregates.find((each) => each === name);
  if (aggregate) return parseAggregate(tokens, aggregate, from);
  if (name === 'by') return parseGroupBy(tokens, from);
  if (name === 'select') return parseSelect(tokens, from);
  if (name !== 'coalesce') throw new QueryError(misplacedWord(name), word);
  tokens.expect('(', 'after coalesce');
  tokens.expect(')', 'after coalesce(, which takes nothing');
  return { kind: 'coalesce', from, to: tokens.end };
}

function misplacedWord(name: string): string {
  if (metricsFunctions.some((each) => each === name)) return `${name} needs spans before it: { } | ${name}(…).`;
  if (secondStageFunctions.some((each) => each === name))
    return `${name} follows metrics only: { } | rate() | ${name}(10).`;
  if (intrinsicOf(name)) return `What is said of spans stands in braces: { ${name} … }.`;
  const meant = nearest(name, functions);
  return `${name} is no stage of a query${meant ? `: did you mean ${meant}?` : ', which are { … }, count() > 2, by(…), select(…), coalesce() and metrics such as rate().'}`;
}

function parseAggregate(tokens: TokenReader, name: Aggregate['function'], from: number): Aggregate {
  tokens.expect('(', `after ${name}`);
  if (name === 'count') {
    tokens.expect(')', 'after count(, which takes nothing');
    return { kind: 'aggregate', function: name, from, to: tokens.end };
  }
  const of = parseFieldExpression(tokens);
  tokens.expect(')', `to close ${name}(`);
  return { kind: 'aggregate', function: name, of, from, to: tokens.end };
}

function parseGroupBy(tokens: TokenReader, from: number): GroupBy {
  const expressions = tokens.list('by', () => parseFieldExpression(tokens));
  return { kind: 'by', expressions, from, to: tokens.end };
}

function parseSelect(tokens: TokenReader, from: number): Select {
  const fields = tokens.list('select', () => parseField(tokens));
  return { kind: 'select', fields, from, to: tokens.end };
}
