/**
 * How long one question may take in ClickHouse, however many statements it consists of: a search goes back in time slice by
 * slice, and a limit for each of them would be none. Time in which it waits for its turn does not count. Rows read are limited
 * for each statement, because chdb does not tell how many they were; hardly a row is read by two statements.
 */
import { StoreError } from './store-error.ts';

export interface QueryLimits {
  /** Milliseconds; default 30 s. */
  queryTimeoutMs?: number;
  /** Rows read by a statement; default a thousand million. */
  queryMaxRows?: number;
}

const defaultTimeoutMs = 30_000;
const defaultMaxRows = 1_000_000_000;
/** ClickHouse takes 0 as no limit. */
const leastMs = 1;

/** As ClickHouse's settings have them: seconds, and rows. */
export interface StatementLimits {
  max_execution_time: number;
  max_rows_to_read: string;
}

export class QueryBudget {
  #spentMs = 0;

  /** What the next statement may take. @param mostRows of them at most @throws StoreError `query-too-expensive` where nothing is left */
  left(limits: QueryLimits, mostRows: number = Number.POSITIVE_INFINITY): StatementLimits {
    const { queryTimeoutMs, queryMaxRows } = withDefaults(limits);
    const ms = queryTimeoutMs - this.#spentMs;
    if (ms < leastMs) throw tooExpensive('took more time', '--query-timeout');
    return { max_execution_time: ms / 1000, max_rows_to_read: String(Math.min(mostRows, queryMaxRows)) };
  }

  /** Takes the time of a statement off it. */
  async spend<Result>(run: () => Promise<Result>): Promise<Result> {
    const startMs = performance.now();
    try {
      return await run();
    } finally {
      this.#spentMs += performance.now() - startMs;
    }
  }
}

export function withDefaults({
  queryTimeoutMs = defaultTimeoutMs,
  queryMaxRows = defaultMaxRows,
}: QueryLimits): Required<QueryLimits> {
  return { queryTimeoutMs, queryMaxRows };
}

/** @param what it did, of which there is a limit */
export function tooExpensive(what: string, flag: string, cause?: unknown): StoreError {
  return new StoreError(
    'query-too-expensive',
    `The query ${what} than ${flag} allows: narrow its time range or its conditions.`,
    { cause },
  );
}
