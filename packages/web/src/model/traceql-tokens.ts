/**
 * A TraceQL text in pieces, for completion. Not the grammar: a text that is being typed is rarely a query
 * yet, so nothing here fails; a string may lack its end, and what no rule knows is a piece of its own.
 */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'comparison' | 'operator' | 'bracket';
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const rules: readonly (readonly [Token['kind'] | undefined, RegExp])[] = [
  [undefined, /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y],
  ['text', /"(?:[^"\\]|\\.)*"?|`[^`]*`?/y],
  ['number', /\d[\w.µ]*|\.\d\w*/y],
  // Parts of a name may be quoted: span."a key".
  ['word', /[A-Za-z_.](?:[\w.:\-/]|"(?:[^"\\]|\\.)*"?)*/y],
  // What compares inside braces leads from span to span outside of them.
  ['comparison', /[!&]?(?:>>|<<)|=~|!~|!=|[><]=|&[><~]|![><]|[=<>]/y],
  ['operator', /&&|\|\||[|~+\-*/%^!,]/y],
  ['bracket', /[{}()]/y],
  ['operator', /[\s\S]/y],
];

export function tokenize(query: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < query.length; ) {
    const { kind, to } = pieceAt(query, at);
    if (kind) tokens.push({ kind, text: query.slice(at, to), from: at, to });
    at = to;
  }
  return tokens;
}

function pieceAt(query: string, at: number): { kind: Token['kind'] | undefined; to: number } {
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = at;
    if (pattern.test(query)) return { kind, to: pattern.lastIndex };
  }
  return { kind: 'operator', to: at + 1 };
}
