/** What may stand at the cursor of a TraceQL query, from what stands before it. */
import { type Token, tokenize } from './traceql-tokens.ts';

export type QueryContext = {
  /** Where what is being typed begins; the cursor, where nothing is. */
  readonly from: number;
} & (
  | { readonly at: 'spanset' }
  /** `after`: the function that came before, where one did. */
  | { readonly at: 'next-stage'; readonly after: string | undefined }
  | { readonly at: 'function' }
  | { readonly at: 'field'; readonly inBraces: boolean }
  | { readonly at: 'comparison'; readonly field: string }
  | { readonly at: 'value'; readonly field: string; readonly comparison: string }
  | { readonly at: 'next-condition' }
  | { readonly at: 'hint' }
  | { readonly at: 'nothing' }
);

/** An open bracket, and the word before it. */
interface Open {
  readonly bracket: string;
  readonly word: string;
}

const takesFields = new Set(['by', 'select', 'avg', 'min', 'max', 'sum']);

export function queryContext(query: string, cursor: number): QueryContext {
  const { before, from } = splitAtTyped(query.slice(0, cursor));
  const open = openBrackets(before);
  const inner = open.at(-1);
  if (open.some(({ bracket }) => bracket === '{')) return { from, ...insideBraces(before) };
  if (inner?.word && inner.bracket === '(') return { from, ...insideCall(inner.word, before.at(-1)) };
  return { from, ...outside(before) };
}

/** What is complete, and where what is being typed begins. */
function splitAtTyped(text: string): { before: Token[]; from: number } {
  const tokens = tokenize(text);
  const comparison = tokens.findLastIndex(({ kind }) => kind === 'comparison');
  const [value] = /\S*$/.exec(text) ?? [''];
  const from = text.length - value.length;
  // A value may be begun without its quote, whatever is in it: /cart.
  if ((tokens[comparison]?.to ?? text.length) <= from && /^[^"`{}()&|,]*$/.test(value)) {
    if (text.slice(tokens[comparison]?.to, from).trim() === '')
      return { before: tokens.slice(0, comparison + 1), from };
  }
  const last = tokens.at(-1);
  if (last?.to !== text.length || !isTypable(last)) return { before: tokens, from: text.length };
  return { before: tokens.slice(0, -1), from: last.from };
}

type Place = QueryContext extends infer Context ? (Context extends unknown ? Omit<Context, 'from'> : never) : never;

function insideBraces(before: readonly Token[]): Place {
  const [operand, comparison, last] = [before.at(-3), before.at(-2), before.at(-1)];
  if (last?.kind === 'comparison') {
    return comparison?.kind === 'word'
      ? { at: 'value', field: comparison.text, comparison: last.text }
      : { at: 'field', inBraces: true };
  }
  if (last?.kind === 'operator' || last?.text === '{' || last?.text === '(') return { at: 'field', inBraces: true };
  const isRightSide = comparison?.kind === 'comparison' && operand !== undefined;
  if (last?.kind === 'word' && !isRightSide) return { at: 'comparison', field: last.text };
  return { at: 'next-condition' };
}

function insideCall(word: string, last: Token | undefined): Place {
  if (word === 'with') return { at: 'hint' };
  if (word === 'compare') return { at: last?.text === '(' ? 'spanset' : 'nothing' };
  const atStart = last?.text === '(' || (last?.text === ',' && takesFields.has(word));
  const wants = takesFields.has(word) || word.endsWith('_over_time');
  if (atStart && wants && word !== 'count_over_time') return { at: 'field', inBraces: false };
  return { at: 'nothing' };
}

function outside(before: readonly Token[]): Place {
  const last = before.at(-1);
  if (last === undefined || last.text === '(') return { at: 'spanset' };
  if (last.text === '|') return { at: 'function' };
  if (last.text === '}') return { at: 'next-stage', after: undefined };
  if (last.text === ')') return { at: 'next-stage', after: calledWord(before) };
  if (last.kind === 'number') return { at: 'next-stage', after: undefined };
  if (last.kind === 'comparison' && before.at(-2)?.text === ')' && calledWord(before.slice(0, -1))) {
    return { at: 'nothing' };
  }
  return last.kind === 'comparison' || last.kind === 'operator' ? { at: 'spanset' } : { at: 'nothing' };
}

/** The word before the bracket that the last token closes. */
function calledWord(tokens: readonly Token[]): string | undefined {
  let depth = 0;
  for (let n = tokens.length - 1; n >= 0; n--) {
    const { text } = tokens[n] as Token;
    if (text === ')') depth++;
    if (text === '(') depth--;
    if (depth === 0) return tokens[n - 1]?.kind === 'word' ? tokens[n - 1]?.text : undefined;
  }
  return undefined;
}

function openBrackets(tokens: readonly Token[]): Open[] {
  const open: Open[] = [];
  tokens.forEach(({ text, kind }, n) => {
    if (kind !== 'bracket') return;
    const before = tokens[n - 1];
    if (text === '{' || text === '(') open.push({ bracket: text, word: before?.kind === 'word' ? before.text : '' });
    else open.pop();
  });
  return open;
}

/** Operators and brackets are complete as they stand. */
function isTypable({ kind }: Token): boolean {
  return kind === 'word' || kind === 'text' || kind === 'number';
}
