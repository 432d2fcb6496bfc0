/**
 * The connections that answer queries: read-only, each for one query at a time. Two of them, because every query that runs
 * holds one of libuv's four threads, which the spool's writes and the insert need too. A search, which may take long,
 * gets only one of the two, so that a trace asked for by its id never waits behind searches.
 *
 *   lookup ──▶ any reader that is free
 *   search ──▶ one reader at a time, the others wait
 *
 * chdb cannot stop a query that its caller has given up; KILL QUERY on another connection can. A
 * query is known by its `log_comment`.
 */

import { setTimeout } from 'node:timers/promises';
import { type ChdbResult, Session } from 'chdb';
import { type Block, readBlocks } from '../decode/native-blocks.ts';
import { askSession } from './ask-session.ts';
import { boundSql } from './bound-sql.ts';
import type { ReadOptions } from './clickhouse-store.ts';
import { parseRows } from './json-rows.ts';
import { QueryBudget, type QueryLimits } from './query-budget.ts';
import type { QueryKind } from './store.ts';

export interface ReadersOptions {
  /** Of the data; open already. */
  path: string;
  /** What every connection begins with. */
  statements: readonly string[];
  limits: QueryLimits;
}

type Values = Readonly<Record<string, unknown>>;

interface Waiting {
  kind: QueryKind;
  start(reader: Session): void;
}

const readerCount = 2;
const killAgainMs = 100;

export class Readers {
  readonly #idle: Session[];
  readonly #all: readonly Session[];
  /** Only kills. */
  readonly #killer: Session;
  readonly #waiting: Waiting[] = [];
  readonly #limits: QueryLimits;
  #searchCount = 0;
  #queryCount = 0;

  private constructor(all: Session[], killer: Session, limits: QueryLimits) {
    this.#limits = limits;
    this.#all = all;
    this.#idle = [...all];
    this.#killer = killer;
  }

  static async open({ path, statements, limits }: ReadersOptions): Promise<Readers> {
    const all = Array.from({ length: readerCount }, () => new Session(path));
    for (const reader of all) {
      for (const statement of statements) await reader.queryAsync(statement);
    }
    return new Readers(all, new Session(path), limits);
  }

  async query<Row>(sql: string, params: Values, options: ReadOptions): Promise<Row[]> {
    return parseRows<Row>((await this.#ask(sql, params, options, 'JSONEachRow')).text());
  }

  async queryBlocks<Columns>(sql: string, params: Values, options: ReadOptions): Promise<Block<Columns>[]> {
    return readBlocks<Columns>((await this.#ask(sql, params, options, 'Native')).bytes());
  }

  /** Rejects as soon as `signal` is aborted; the engine then stops as soon as it can. */
  async #ask(
    sql: string,
    params: Values,
    { kind, signal, budget = new QueryBudget(), mostRows }: ReadOptions,
    format: string,
  ): Promise<ChdbResult> {
    const id = `sightline-${++this.#queryCount}`;
    signal?.throwIfAborted();
    const reader = await this.#acquire(kind, signal);
    const result = this.#run(reader, sql, params, { id, format, budget, mostRows }).finally(() =>
      this.#release(reader, kind),
    );
    return signal ? await this.#unlessAborted(result, signal, id) : await result;
  }

  async #run(
    reader: Session,
    sql: string,
    params: Values,
    { id, format, budget, mostRows }: { id: string; format: string; budget: QueryBudget; mostRows: number | undefined },
  ): Promise<ChdbResult> {
    const { max_execution_time, max_rows_to_read } = budget.left(this.#limits, mostRows);
    const settings = { log_comment: id, max_execution_time: String(max_execution_time), max_rows_to_read };
    return budget.spend(() => askSession(reader, boundSql(sql, params, settings), format));
  }

  #acquire(kind: QueryKind, signal: AbortSignal | undefined): Promise<Session> {
    return new Promise((resolve, reject) => {
      const waiting = { kind, start };
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      function start(reader: Session): void {
        signal?.removeEventListener('abort', onAbort);
        resolve(reader);
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#startNext();
    });
  }

  #release(reader: Session, kind: QueryKind): void {
    if (kind === 'search') this.#searchCount--;
    this.#idle.push(reader);
    this.#startNext();
  }

  #startNext(): void {
    const index = this.#waiting.findIndex(({ kind }) => kind === 'lookup' || this.#searchCount < readerCount - 1);
    const reader = index < 0 ? undefined : this.#idle.pop();
    if (!reader) return;
    const [next] = this.#waiting.splice(index, 1);
    if (next?.kind === 'search') this.#searchCount++;
    next?.start(reader);
  }

  async #unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal, id: string): Promise<Result> {
    const { promise: aborted, stop } = rejectionOf(signal);
    try {
      return await Promise.race([result, aborted]);
    } finally {
      stop();
      if (signal.aborted) void this.#killUntilEnded(id, result);
    }
  }

  /** More than once: the first may come before the engine knows the query. */
  async #killUntilEnded(id: string, result: Promise<unknown>): Promise<void> {
    let isEnded = false;
    // What the killed query says in the end interests nobody.
    const ended = result
      .catch(() => undefined)
      .then(() => {
        isEnded = true;
      });
    while (!isEnded) {
      await this.#killer.queryAsync(`KILL QUERY WHERE Settings['log_comment'] = '${id}' ASYNC`);
      await Promise.race([ended, setTimeout(killAgainMs)]);
    }
  }

  async close(): Promise<void> {
    for (const reader of this.#all) reader.close();
    this.#killer.close();
  }
}

function rejectionOf(signal: AbortSignal): { promise: Promise<never>; stop: () => void } {
  let stop = (): void => undefined;
  const promise = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    stop = () => signal.removeEventListener('abort', onAbort);
  });
  return { promise, stop };
}
