import type { Located } from './ast.ts';
import { QueryError } from './query-error.ts';
import { type Token, tokenize, type WordToken } from './tokens.ts';

/** Deeper than anyone writes, and far from the end of the stack. */
const maxDepth = 100;

/** Walks over a query's tokens; what is not as expected is a `QueryError` at that token. */
export class TokenReader {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  /** @throws QueryError */
  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  get current(): Token {
    return this.#tokens[this.#at] as Token;
  }

  /** The end of the token before the current one: where a node that has been read ends. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.to ?? 0;
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  get atEnd(): boolean {
    return this.current.kind === 'end';
  }

  isSymbol(text: string): boolean {
    return this.current.kind === 'symbol' && this.current.text === text;
  }

  /** The current word if it is one of these. */
  wordOf<Word extends string>(words: readonly Word[]): Word | undefined {
    const { current } = this;
    return current.kind === 'word' ? words.find((word) => word === current.text) : undefined;
  }

  /** Takes the symbol if it is the current token. */
  accept(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at++;
    return true;
  }

  /** @param why what it would be, as in "to close the spanset that { opened" */
  expect(symbol: string, why: string): void {
    if (!this.accept(symbol)) throw this.unexpected(`${symbol} ${why}`);
  }

  expectWord(what: string): WordToken {
    const token = this.current;
    if (token.kind !== 'word') throw this.unexpected(what);
    this.#at++;
    return token;
  }

  /** A list of at least one, between parentheses that are part of it. */
  list<Item>(name: string, read: () => Item): Item[] {
    this.expect('(', `after ${name}`);
    const items: Item[] = [];
    do items.push(read());
    while (this.accept(','));
    this.expect(')', `to close ${name}(`);
    return items;
  }

  /** Guards whatever calls itself. */
  nested<Result>(read: () => Result): Result {
    if (this.#depth === maxDepth) {
      throw new QueryError(`The query is nested deeper than ${maxDepth} levels: leave parentheses out.`, this.current);
    }
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  unexpected(expected: string): QueryError {
    return new QueryError(`Expected ${expected}, but found ${this.#found(this.current)}.`, this.current);
  }

  #found(token: Token): string {
    return token.kind === 'end' ? 'the end of the query' : this.textOf(token);
  }

  textOf({ from, to }: Located): string {
    return this.#text.slice(from, to);
  }
}
