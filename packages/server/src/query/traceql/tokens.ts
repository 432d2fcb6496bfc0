/**
 * A query's text in tokens. An attribute is one token, scope and all: its name goes on to the next white space or
 * operator other than `+ - * / %`, which are part of it (`span.a-b` is one name), and may have parts in quotes.
 */
import type { Attribute, AttributeScope, Literal, Located } from './ast.ts';
import { maxInt64, minInt64, readNumber, readString } from './literals.ts';
import { QueryError } from './query-error.ts';

export type Token = SymbolToken | WordToken | ValueToken | EndToken;

/** An operator or a bracket. */
export interface SymbolToken extends Located {
  kind: 'symbol';
  text: string;
}

/** `rate`, `status`, `true`, `span:name` */
export interface WordToken extends Located {
  kind: 'word';
  text: string;
}

export interface ValueToken extends Located {
  kind: 'value';
  value: Attribute | Literal;
}

export interface EndToken extends Located {
  kind: 'end';
}

const space = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const symbol = /&>>|&<<|!>>|!<<|&&|\|\||&>|&<|&~|!>|!<|!~|!=|=~|>=|<=|>>|<<|[=<>~!|+\-*/%^(){},]/y;
const word = /[A-Za-z_]\w*(?::\w*)?/y;
const number = /(?:\d|\.\d)(?:[\w.µ]|(?<=\d[eE])[+-])*/y;
const string = /"(?:[^"\\]|\\[\s\S])*"|`[^`]*`/y;
const attributeStart = /(?:(parent)\.(?:(span|resource)\.)?|(span|resource|event|link|instrumentation)?\.)/y;
const namePart = /"((?:[^"\\]|\\[\s\S])*)"|[^\s{}()=~!<>&|^,"]+/y;

/** @throws QueryError */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = skipSpace(text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token);
    at = skipSpace(text, token.to);
  }
  tokens.push({ kind: 'end', from: text.length, to: text.length });
  return tokens;
}

function skipSpace(text: string, at: number): number {
  return at + (match(space, text, at)?.[0].length ?? 0);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function readToken(text: string, from: number): Token {
  const found = match(number, text, from) ?? match(string, text, from);
  if (found) return readLiteral(found[0], from);
  const start = match(attributeStart, text, from);
  if (start) return readAttribute(text, from, start);
  const wordFound = match(word, text, from)?.[0];
  if (wordFound !== undefined) return readWord(text, from, wordFound);
  const symbolFound = match(symbol, text, from)?.[0];
  if (symbolFound !== undefined) return readSymbol(text, from, symbolFound);
  throw new QueryError(unexpectedCharacter(text, from), { from, to: from + 1 });
}

function readLiteral(text: string, from: number): ValueToken {
  const at = { from, to: from + text.length };
  const value = /^["`]/.test(text) ? readString(text, at) : readNumber(text, at);
  return { kind: 'value', value, ...at };
}

const constants: ReadonlyMap<string, bigint> = new Map([
  ['minInt', minInt64],
  ['maxInt', maxInt64],
]);

function readWord(text: string, from: number, found: string): WordToken | ValueToken {
  const to = from + found.length;
  const value = constants.get(found);
  if (value !== undefined) return { kind: 'value', value: { kind: 'literal', type: 'int', value, from, to }, from, to };
  if (text[to] !== '.') return { kind: 'word', text: found, from, to };
  const name = match(namePart, text, to)?.[0] ?? '.';
  throw new QueryError(
    `${found} is no scope of attributes: write .${found}${name}, span.${found}${name} or resource.${found}${name}.`,
    { from, to: to + name.length },
  );
}

function readSymbol(text: string, from: number, found: string): SymbolToken {
  const to = from + found.length;
  if (found === '=' && text[to] === '=') {
    throw new QueryError('== is no operator of TraceQL: equality is a single =.', { from, to: to + 1 });
  }
  return { kind: 'symbol', text: found, from, to };
}

function readAttribute(text: string, from: number, start: RegExpExecArray): ValueToken {
  const [, parent, parentScope, scope] = start;
  let name = '';
  let to = from + start[0].length;
  for (let part = match(namePart, text, to); part; part = match(namePart, text, to)) {
    name += part[1] === undefined ? part[0] : unquoteName(part[1], to + 1);
    to += part[0].length;
  }
  if (name === '') throw missingName(text, start[0], { from, to });
  const attribute: Attribute = {
    kind: 'attribute',
    scope: ((parentScope ?? scope) as AttributeScope | undefined) ?? 'any',
    name,
    ...(parent === undefined ? {} : { parent: true }),
    from,
    to,
  };
  return { kind: 'value', value: attribute, from, to };
}

function missingName(text: string, start: string, at: Located): QueryError {
  if (text[at.to] === '"') {
    return new QueryError('A quoted name is not closed: its " is missing.', { from: at.to, to: text.length });
  }
  return new QueryError(
    `After ${start} the name of an attribute is missing, for example ${start}http.request.method.`,
    at,
  );
}

function unquoteName(quoted: string, from: number): string {
  return quoted.replace(/\\([\s\S])/g, (found, character: string, offset: number) => {
    if (character === '"' || character === '\\') return character;
    const at = { from: from + offset, to: from + offset + 2 };
    throw new QueryError(
      `In a quoted name only \\" and \\\\ are escapes: ${found} is none. Write \\\\ for a backslash.`,
      at,
    );
  });
}

function unexpectedCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '"' || character === '`') return `A string is not closed: its ${character} is missing.`;
  if (character === "'") return 'Strings stand in double quotes or backticks, not in single quotes.';
  if (character === '&') return '& alone is no operator: write && for "and", or &>, &>>, &<, &<<, &~ between spansets.';
  if (character === '[') return 'There are no lists in a query: write = for each value with || between, or =~ "a|b".';
  return `${character} has no meaning in a query.`;
}
