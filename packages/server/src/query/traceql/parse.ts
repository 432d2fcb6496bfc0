/**
 * TraceQL, as Grafana's documentation describes it and Tempo reads it, into a tree.
 *
 * By hand, and not with `@grafana/lezer-traceql`: see `docs/decisions/0012-traceql-parser.md`.
 */
import type { Hint, Literal, Query } from './ast.ts';
import { checkQuery } from './check.ts';
import { isMetrics, pipelineOf, stagesOf } from './operand.ts';
import { parseFieldExpression } from './parse-field.ts';
import { parseChain } from './parse-stages.ts';
import { QueryError } from './query-error.ts';
import { TokenReader } from './token-reader.ts';

/** In UTF-16 units. */
const maxLength = 16_384;

/** @throws QueryError for what is written wrongly, and for what cannot be meant (`checkQuery`) */
export function parseQuery(text: string): Query {
  const query = readQuery(text);
  checkQuery(query);
  return query;
}

function readQuery(text: string): Query {
  if (text.length > maxLength) {
    throw new QueryError(`The query has ${text.length} characters: at most ${maxLength} are read.`, {
      from: maxLength,
      to: text.length,
    });
  }
  const tokens = new TokenReader(text);
  if (tokens.atEnd) throw new QueryError('The query is empty: { } finds every trace.', tokens.current);
  const { from } = tokens.current;
  const operand = parseChain(tokens);
  const hints = parseHints(tokens);
  if (!tokens.atEnd) throw tokens.unexpected('|, an operator or the end of the query');
  const at = { from, to: tokens.end };
  if (isMetrics(operand)) return { kind: 'metrics', expression: operand, hints, ...at };
  return { kind: 'search', pipeline: pipelineOf(stagesOf(operand)), hints, ...at };
}

function parseHints(tokens: TokenReader): Hint[] {
  const hints: Hint[] = [];
  while (tokens.wordOf(['with'])) {
    tokens.next();
    hints.push(...tokens.list('with', () => parseHint(tokens)));
  }
  return hints;
}

function parseHint(tokens: TokenReader): Hint {
  const { text: name, from } = tokens.expectWord('the name of a hint, as in with (exemplars=true)');
  tokens.expect('=', `after ${name}, as in with (${name}=true)`);
  const { current } = tokens;
  const value = parseFieldExpression(tokens);
  if (value.kind === 'literal') return { kind: 'hint', name, value: value as Literal, from, to: tokens.end };
  throw new QueryError(`The value of ${name} must be a constant, for example true.`, current);
}
