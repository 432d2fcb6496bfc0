export type StoreErrorCode =
  | 'data-directory-in-use'
  | 'data-directory-unusable'
  | 'schema-too-new'
  | 'clickhouse-options-invalid'
  | 'store-unreachable'
  | 'store-refused'
  | 'query-invalid'
  | 'query-too-expensive'
  | 'query-aborted'
  | 'store-closed'
  | 'out-of-space'
  | 'rows-refused'
  | 'store-failed';

/** A failure of the store; `code` is stable, `message` says what happened and what to do. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
