/** What turns spans into series, and what follows it. */
import type { Compare, Field, MetricsAggregate, MetricsExpression, NumericLiteral, Pipeline } from './ast.ts';
import { metricsFilter } from './combine.ts';
import { counts, metricsFunctions, secondStageFunctions, valuesOverTime } from './functions.ts';
import type { Operand } from './operand.ts';
import { orderOperators } from './operators.ts';
import { parseField, parseSpansetFilter } from './parse-field.ts';
import { QueryError } from './query-error.ts';
import type { TokenReader } from './token-reader.ts';

/** Reads what can be compared with, a calculation of constants too. */
export type ReadThreshold = () => Operand;

/** From the metrics function on. @throws QueryError */
export function parseMetrics(tokens: TokenReader, pipeline: Pipeline, readThreshold: ReadThreshold): MetricsExpression {
  const aggregate = parseAggregate(tokens);
  const { from } = pipeline;
  const metrics: MetricsExpression = { kind: 'metrics-pipeline', pipeline, aggregate, from, to: tokens.end };
  return parseMetricsStages(tokens, metrics, readThreshold);
}

function parseAggregate(tokens: TokenReader): MetricsAggregate {
  const { from } = tokens.current;
  const name = tokens.wordOf(metricsFunctions) as MetricsAggregate['function'];
  tokens.next();
  const count = counts.find((each) => each === name);
  if (count) {
    tokens.expect('(', `after ${count}`);
    tokens.expect(')', `after ${count}(, which takes nothing`);
    return { kind: 'metrics-aggregate', function: count, by: parseBy(tokens), from, to: tokens.end };
  }
  tokens.expect('(', `after ${name}`);
  if (name === 'compare') return parseCompare(tokens, from);
  const of = parseField(tokens);
  if (name === 'quantile_over_time') return parseQuantiles(tokens, of, from);
  tokens.expect(')', `to close ${name}(`);
  const value = valuesOverTime.find((each) => each === name) as (typeof valuesOverTime)[number];
  return { kind: 'metrics-aggregate', function: value, of, by: parseBy(tokens), from, to: tokens.end };
}

function parseBy(tokens: TokenReader): Field[] {
  if (!tokens.wordOf(['by'])) return [];
  tokens.next();
  return tokens.list('by', () => parseField(tokens));
}

function parseQuantiles(tokens: TokenReader, of: Field, from: number): MetricsAggregate {
  const quantiles: number[] = [];
  tokens.expect(',', 'and a quantile, as in quantile_over_time(duration, .99)');
  do quantiles.push(parseQuantile(tokens));
  while (tokens.accept(','));
  tokens.expect(')', 'to close quantile_over_time(');
  const by = parseBy(tokens);
  return { kind: 'metrics-aggregate', function: 'quantile_over_time', of, quantiles, by, from, to: tokens.end };
}

function parseQuantile(tokens: TokenReader): number {
  const literal = parseNumber(tokens, 'a quantile from 0 to 1');
  const quantile = Number(literal.value);
  if (literal.type !== 'duration' && quantile <= 1) return quantile;
  throw new QueryError(`${tokens.textOf(literal)} is no quantile: give 0 to 1, for example .99.`, literal);
}

function parseCompare(tokens: TokenReader, from: number): Compare {
  const selection = parseSpansetFilter(tokens);
  const numbers: bigint[] = [];
  while (tokens.accept(',')) numbers.push(parseInteger(tokens, 'an integer'));
  tokens.expect(')', 'to close compare(');
  const at = { from, to: tokens.end };
  const [limit = 10n, startUnixNano, endUnixNano, tooMany] = numbers;
  if (numbers.length === 2 || tooMany !== undefined) {
    throw new QueryError('compare takes a filter, then perhaps a limit, then perhaps both a start and an end.', at);
  }
  const range =
    startUnixNano === undefined || endUnixNano === undefined ? {} : { range: { startUnixNano, endUnixNano } };
  return { kind: 'metrics-aggregate', function: 'compare', selection, limit: Number(limit), ...range, ...at };
}

/** `| topk(10)` and `> 10`, any number of them. @throws QueryError */
export function parseMetricsStages(
  tokens: TokenReader,
  expression: MetricsExpression,
  readThreshold: ReadThreshold,
): MetricsExpression {
  let of = expression;
  for (;;) {
    const { current } = tokens;
    const operator = orderOperators.find((each) => tokens.isSymbol(each));
    if (operator) {
      tokens.next();
      of = metricsFilter(operator, of, readThreshold());
    } else if (tokens.accept('|')) {
      of = parseTopK(tokens, of);
    } else if (['+', '-', '*', '/'].some((each) => tokens.isSymbol(each))) {
      throw new QueryError('To calculate with metrics put each in parentheses: ({ } | rate()) * 60.', current);
    } else return of;
  }
}

function parseTopK(tokens: TokenReader, of: MetricsExpression): MetricsExpression {
  const kind = tokens.wordOf(secondStageFunctions);
  if (!kind) throw tokens.unexpected('topk(…), bottomk(…) or a threshold after the metrics');
  tokens.next();
  tokens.expect('(', `after ${kind}`);
  const { current } = tokens;
  const limit = Number(parseInteger(tokens, 'how many series'));
  if (limit < 1 || !Number.isSafeInteger(limit))
    throw new QueryError(`${kind}(${limit}) keeps nothing: give at least 1.`, current);
  tokens.expect(')', `to close ${kind}(`);
  return { kind, of, limit, from: of.from, to: tokens.end };
}

function parseInteger(tokens: TokenReader, what: string): bigint {
  const literal = parseNumber(tokens, what);
  if (literal.type === 'int') return literal.value;
  throw new QueryError(`Expected ${what}, but found ${tokens.textOf(literal)}: give an integer.`, literal);
}

function parseNumber(tokens: TokenReader, what: string): NumericLiteral {
  const { current } = tokens;
  const value = current.kind === 'value' ? current.value : undefined;
  if (value?.kind !== 'literal' || value.type === 'string') throw tokens.unexpected(what);
  tokens.next();
  return value as NumericLiteral;
}
