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
import { createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import { boundSql } from './bound-sql.ts';
import { parseRows } from './json-rows.ts';
import type { QueryKind } from './store.ts';

export interface ReadersOptions {
  /** Of the data; open already. */
  path: string;
  /** What every connection begins with. */
  statements: readonly string[];
}

type Client = ReturnType<typeof createClient>;
type ClientConnection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>['connection']>;

interface Waiting {
  kind: QueryKind;
  start(reader: Client): void;
}

const readerCount = 2;
const killAgainMs = 100;

export class Readers {
  readonly #idle: Client[];
  readonly #all: readonly Client[];
  /** Only kills. */
  readonly #killer: Session;
  readonly #waiting: Waiting[] = [];
  #searchCount = 0;
  #queryCount = 0;

  private constructor(all: Client[], killer: Session) {
    this.#all = all;
    this.#idle = [...all];
    this.#killer = killer;
  }

  static async open({ path, statements }: ReadersOptions): Promise<Readers> {
    const all = Array.from({ length: readerCount }, () => {
      // chdb implements the interface of its own, older copy of the client's types: the same shapes under another name.
      return createClient({ connection: createChdbConnection({ path }) as unknown as ClientConnection });
    });
    for (const reader of all) {
      for (const query of statements) await reader.command({ query });
    }
    return new Readers(all, new Session(path));
  }

  /** Rejects as soon as `signal` is aborted; the engine then stops as soon as it can. */
  async query<Row>(
    sql: string,
    params: Readonly<Record<string, unknown>>,
    { kind, signal }: { kind: QueryKind; signal?: AbortSignal | undefined },
  ): Promise<Row[]> {
    const id = `sightline-${++this.#queryCount}`;
    const query = `SET log_comment = '${id}';\n${boundSql(sql, params)}`;
    signal?.throwIfAborted();
    const reader = await this.#acquire(kind, signal);
    const rows = runOn<Row>(reader, query).finally(() => this.#release(reader, kind));
    return signal ? await this.#unlessAborted(rows, signal, id) : await rows;
  }

  #acquire(kind: QueryKind, signal: AbortSignal | undefined): Promise<Client> {
    return new Promise((resolve, reject) => {
      const waiting = { kind, start };
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      function start(reader: Client): void {
        signal?.removeEventListener('abort', onAbort);
        resolve(reader);
      }
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiting);
      this.#startNext();
    });
  }

  #release(reader: Client, kind: QueryKind): void {
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

  async #unlessAborted<Row>(rows: Promise<Row[]>, signal: AbortSignal, id: string): Promise<Row[]> {
    const { promise: aborted, stop } = rejectionOf(signal);
    try {
      return await Promise.race([rows, aborted]);
    } finally {
      stop();
      if (signal.aborted) void this.#killUntilEnded(id, rows);
    }
  }

  /** More than once: the first may come before the engine knows the query. */
  async #killUntilEnded(id: string, rows: Promise<unknown>): Promise<void> {
    let isEnded = false;
    // What the killed query says in the end interests nobody.
    const ended = rows
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
    for (const reader of this.#all) await reader.close();
    this.#killer.close();
  }
}

async function runOn<Row>(reader: Client, query: string): Promise<Row[]> {
  const result = await reader.query({ query, format: 'JSONEachRow' });
  return parseRows<Row>(await result.text());
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
