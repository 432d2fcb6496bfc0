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

function isAbout(term: string, field: string): boolean {
  return term.startsWith(field) && /^\s*[<>=!]/.test(term.slice(field.length));
}
