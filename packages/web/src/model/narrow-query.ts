/** Puts one more condition into a query: what was brushed over, or clicked on. */
import { type Token, tokenize } from './traceql-tokens.ts';

/**
 * The query, narrowed to spans that fulfil the conditions as well. A plain `{ … }` gets them inside its braces, where
 * `replaced` (a field, such as `duration`) loses the conditions that it had; anything else gets one more stage.
 */
export function narrowQuery(query: string, conditions: readonly string[], replaced?: string): string {
  const inside = onlyFilter(tokenize(query));
  if (!inside) return `${query.trim()} | { ${conditions.join(' && ')} }`;
  const kept = conjuncts(query, inside).filter(
    (term) => !conditions.includes(term) && !(replaced && isAbout(term, replaced)),
  );
  return `{ ${[...kept, ...conditions].join(' && ')} }`;
}

/** What stands in its braces, where the query is one filter and nothing else. */
function onlyFilter(tokens: readonly Token[]): readonly Token[] | undefined {
  const inside = tokens.slice(1, -1);
  const isBraced = tokens[0]?.text === '{' && tokens.at(-1)?.text === '}';
  return isBraced && !inside.some(({ text }) => text === '{' || text === '}') ? inside : undefined;
}

/** What `&&` holds together, each as it is written. */
function conjuncts(query: string, tokens: readonly Token[]): string[] {
  const textOf = (part: readonly Token[]) => query.slice(part[0]?.from, part.at(-1)?.to);
  if (tokens.length === 0) return [];
  // `||` binds less than `&&`: with one of them outside of parentheses, all of it is one condition.
  if (splitAt(tokens, '||').length > 1) return [`(${textOf(tokens)})`];
  return splitAt(tokens, '&&').map(textOf);
}

function splitAt(tokens: readonly Token[], operator: string): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    if (token.text === ')') depth--;
    if (depth === 0 && token.text === operator) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/**
 * What the query says besides what is being typed at the cursor: the other conditions of the filter in which it stands, or
 * what stands before the stage. Undefined where that narrows nothing: alternatives do not.
 */
export function restOfQuery(query: string, cursor: number): string | undefined {
  const tokens = tokenize(query);
  const opening = openingBefore(tokens, cursor);
  if (opening < 0) return earlierStages(query, tokens, cursor);
  const closing = tokens.findIndex(({ text }, n) => n > opening && text === '}');
  const inside = tokens.slice(opening + 1, closing < 0 ? undefined : closing);
  if (splitAt(inside, '||').length > 1) return undefined;
  const others = splitAt(inside, '&&').filter((term) => term.length > 0 && !isAround(inside, term, cursor));
  const texts = others.map((term) => query.slice(term[0]?.from, term.at(-1)?.to));
  return texts.length === 0 ? undefined : `{ ${texts.join(' && ')} }`;
}

/** The brace that is open at the cursor; -1 where none is. */
function openingBefore(tokens: readonly Token[], cursor: number): number {
  const last = tokens.findLastIndex(({ text, from }) => from < cursor && (text === '{' || text === '}'));
  return tokens[last]?.text === '{' ? last : -1;
}

function earlierStages(query: string, tokens: readonly Token[], cursor: number): string | undefined {
  const pipe = tokens.findLast(({ text, from }) => from < cursor && text === '|');
  return pipe && query.slice(0, pipe.from).trim();
}

/** Whether the cursor stands in the term, or between it and what joins it to the next ones. */
function isAround(tokens: readonly Token[], term: readonly Token[], cursor: number): boolean {
  const [first, last] = [tokens.indexOf(term[0] as Token), tokens.indexOf(term.at(-1) as Token)];
  const from = tokens[first - 1]?.to ?? 0;
  const to = tokens[last + 1]?.from ?? Number.POSITIVE_INFINITY;
  return cursor >= from && cursor <= to;
}

function isAbout(term: string, field: string): boolean {
  return term.startsWith(field) && /^\s*[<>=!]/.test(term.slice(field.length));
}
