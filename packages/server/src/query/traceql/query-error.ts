/**
 * What is wrong with a query, and where. The message says what was found and what to write instead;
 * `from` and `to` are UTF-16 offsets in the query, for whoever underlines it.
 */
export class QueryError extends Error {
  readonly from: number;
  readonly to: number;

  constructor(message: string, { from, to }: { from: number; to: number }) {
    super(message);
    this.name = 'QueryError';
    this.from = from;
    this.to = to;
  }
}
