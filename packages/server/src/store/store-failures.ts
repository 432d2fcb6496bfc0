/** What ClickHouse's errors mean to whoever asked, or brought spans. */
import { errorTypeOf } from './clickhouse-error.ts';
import { tooExpensive } from './query-budget.ts';
import { StoreError } from './store-error.ts';

/** What a query did too much of, and what limits it. */
const limits: Record<string, [what: string, limit: string]> = {
  TIMEOUT_EXCEEDED: ['took more time', '--query-timeout'],
  TOO_SLOW: ['takes more time', '--query-timeout'],
  TOO_MANY_ROWS: ['reads more rows', '--query-max-rows'],
  MEMORY_LIMIT_EXCEEDED: ['takes more memory', 'its share of --memory'],
  TOO_MANY_ROWS_OR_BYTES: ['finds more', 'what an answer may hold'],
};

export function queryError(error: unknown, signal: AbortSignal | undefined): StoreError {
  if (signal?.aborted) return new StoreError('query-aborted', 'The query was aborted.', { cause: error });
  if (error instanceof StoreError) return error;
  const message = messageOf(error);
  const type = errorTypeOf(error);
  const exceeded = limits[type];
  if (exceeded) return tooExpensive(...exceeded, error);
  return new StoreError(type ? 'query-invalid' : 'store-failed', message, { cause: error });
}

/** Also where the engine hands on what the file system said. */
const outOfSpace = /NOT_ENOUGH_SPACE|No space left on device|Disk quota exceeded|Read-only file system/;

/** What ClickHouse says of bytes that it cannot read as rows: they will not get better. */
const rowsRefused = /^(CANNOT_(PARSE|READ|CONVERT)_\w+|INCORRECT_DATA|TYPE_MISMATCH|ATTEMPT_TO_READ_AFTER_EOF)$/;

export function insertError(error: unknown): unknown {
  const message = messageOf(error);
  const type = errorTypeOf(error);
  if (rowsRefused.test(type)) return new StoreError('rows-refused', message, { cause: error });
  if (!outOfSpace.test(type) && !outOfSpace.test(message)) return error;
  const [reason] = message.split(': Code:', 1);
  return new StoreError('out-of-space', `The disk of the store takes no more: ${reason}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
