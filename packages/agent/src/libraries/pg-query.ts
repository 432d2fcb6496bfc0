/**
 * One CLIENT span per query, from the call of `client.query` until its result, with the wait in the client's queue.
 *
 * `client.query` makes an object of the query, queues it, and then looks at the queue; that is where we see it, still
 * in the caller's frame. It has its callback then: the program's, or the one that settles the promise. The callback
 * is called from the frame of a socket that somebody else opened, so it is brought back into the caller's context.
 */
import { guard } from '../guard.ts';
import { activeContext, type Context, enterContext, leaveContext } from '../tracer/context.ts';
import type { Span } from '../tracer/span.ts';
import { identify, isRecorded, Tracer } from '../tracer/tracer.ts';
import { setFailure } from './failure.ts';
import { type PgClient, type PgConnection, serverOf } from './pg-server.ts';
import { agentScope } from './scope.ts';
import { describeSql, type SqlText } from './sql-text.ts';

export const pgTracer: Tracer = new Tracer(agentScope('pg'));
const key: unique symbol = Symbol('sightline.pgCall');

type Callback = (this: unknown, error: unknown, result?: unknown) => unknown;

/** One of pg's own, or what the program gave to `client.query`: a cursor, a stream. */
export interface PgQuery {
  readonly text?: unknown;
  /** Of a prepared statement. */
  readonly name?: unknown;
  /** A stream of rows has its text there. */
  readonly cursor?: { readonly text?: unknown };
  /** A row that could not be read. */
  readonly _canceledDueToError?: unknown;
  callback?: Callback;
  /** Null where it is not traced. */
  [key]?: PgCall | null;
}

export class PgCall {
  /** Until it ends: a cursor may live on. */
  #span: Span | undefined;
  readonly #client: PgClient;
  readonly #sql: SqlText;

  constructor(span: Span, client: PgClient, sql: SqlText) {
    this.#span = span;
    this.#client = client;
    this.#sql = sql;
  }

  /** @param result as pg hands it over; an array where there were several statements */
  succeed(result: unknown): void {
    const span = this.#take();
    if (span === undefined) return;
    const rowCount = returnedRows(result as PgResult | undefined);
    if (rowCount !== undefined) span.put('db.response.returned_rows', rowCount);
    span.end();
  }

  fail(error: unknown): void {
    const span = this.#take();
    if (span === undefined) return;
    setPgFailure(span, error);
    span.end();
  }

  #take(): Span | undefined {
    const span = this.#span;
    this.#span = undefined;
    // Who it went to is known for sure only now, since a client may be given queries before it connects.
    if (span !== undefined) span.block = serverOf(this.#client).blockFor(this.#sql);
    return span;
  }
}

export function setPgFailure(span: Span, error: unknown): void {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  // What the server reports has a severity; `EPIPE` would look like a SQLSTATE.
  if (typeof code === 'string' && typeof severity === 'string') span.put('db.response.status_code', code);
  setFailure(span, error);
}

interface PgResult {
  readonly command?: string | null;
  readonly rowCount?: number | null;
  readonly rows?: readonly unknown[];
}

/** Also where an INSERT or UPDATE returns rows; how many it changed is something else. */
function returnedRows(result: PgResult | undefined): number | undefined {
  if (result?.command === 'SELECT') return result.rowCount ?? undefined;
  return result?.rows !== undefined && result.rows.length > 0 ? result.rows.length : undefined;
}

const clients = new WeakMap<PgConnection, PgClient>();

/** By which a query is described that fails before it is queued. */
export function rememberClient(client: PgClient): void {
  if (client.connection !== undefined) clients.set(client.connection, client);
}

/** A client looks at its queue: the last query is new, unless it was seen before. */
export function onQueue(message: unknown): void {
  const { client, queue } = message as { client: PgClient; queue: readonly PgQuery[] };
  const query = queue[queue.length - 1];
  if (query === undefined || query[key] !== undefined) return;
  const { callback } = query;
  if (typeof callback !== 'function') return;
  const context = activeContext();
  const call = startCall(client, query, context);
  query[key] = call;
  query.callback = inContext(callback, call, context);
}

/** @returns null where the query is not traced */
export function startCall(client: PgClient, query: PgQuery, parent: Context): PgCall | null {
  if (parent.isSuppressed) return null;
  const identity = identify(parent);
  if (!isRecorded(identity, parent)) return null;
  const sql = describeSql(textOf(client, query), 'postgresql');
  return new PgCall(pgTracer.record(identity, parent, sql.summary, 3, [], undefined), client, sql);
}

function textOf({ connection }: PgClient, { text, name, cursor }: PgQuery): string {
  if (typeof text === 'string') return text;
  const other = cursor?.text ?? connection?.parsedStatements?.[String(name)];
  return typeof other === 'string' ? other : '';
}

const settle = guard('pg.result', (call: PgCall, error: unknown, result: unknown) => {
  if (error) call.fail(error);
  else call.succeed(result);
});

/** One closure per query: pg itself calls a callback without its query where there is a timeout. */
function inContext(callback: Callback, call: PgCall | null, context: Context): Callback {
  return function (error, result) {
    if (call !== null) settle(call, error, result);
    const before = enterContext(context);
    try {
      return callback.call(this, error, result);
    } finally {
      leaveContext(before);
    }
  };
}

/** A query fails: what the server says, a lost connection, a timeout whose callback has been called already. */
export function onQueryError(message: unknown): void {
  const { query, error, connection } = message as { query: PgQuery; error: unknown; connection: PgConnection };
  const reason = query._canceledDueToError || error;
  if (query[key] === undefined) failUnqueued(query, reason, clients.get(connection));
  else query[key]?.fail(reason);
}

/** The client was closed: pg tells in the next tick, so the context is still the caller's. */
function failUnqueued(query: PgQuery, error: unknown, client: PgClient | undefined): void {
  if (client === undefined) return;
  const call = startCall(client, query, activeContext());
  query[key] = call;
  call?.fail(error);
}

/** For what is not to be seen as new in the queue. */
export function setCall(query: PgQuery, call: PgCall | null): void {
  Object.defineProperty(query, key, { value: call, writable: true, configurable: true });
}

export function callOfQuery(query: PgQuery): PgCall | null | undefined {
  return query[key];
}
