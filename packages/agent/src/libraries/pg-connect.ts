/**
 * One CLIENT span for opening a connection. The socket's events tell how it went, since what `connect` was called
 * with is out of reach; the listeners go when it is open.
 */
import { guard } from '../guard.ts';
import { activeContext, type Context } from '../tracer/context.ts';
import type { Span } from '../tracer/span.ts';
import { identify, isRecorded } from '../tracer/tracer.ts';
import { contextOfOpening } from './pg-pool.ts';
import { pgTracer, rememberClient, setPgFailure } from './pg-query.ts';
import { type PgClient, type PgConnection, serverOf } from './pg-server.ts';

export function onConnect(message: unknown): void {
  const { client } = message as { client: PgClient };
  const { connection } = client;
  // Connected before: pg says so in an error.
  if (connection === undefined || client._connecting || client._connected) return;
  rememberClient(client);
  const span = startSpan(contextOfOpening(client) ?? activeContext());
  if (span !== undefined) new PgOpening(span, client, connection).watch();
}

function startSpan(parent: Context): Span | undefined {
  if (parent.isSuppressed) return undefined;
  const identity = identify(parent);
  return isRecorded(identity, parent) ? pgTracer.record(identity, parent, 'pg.connect', 3, [], undefined) : undefined;
}

class PgOpening {
  readonly #span: Span;
  readonly #client: PgClient;
  readonly #connection: PgConnection;
  readonly #listeners: Readonly<Record<string, (argument: unknown) => void>>;

  constructor(span: Span, client: PgClient, connection: PgConnection) {
    this.#span = span;
    this.#client = client;
    this.#connection = connection;
    const fail = guard('pg.connectError', (error: unknown) => this.#end(error));
    this.#listeners = {
      readyForQuery: guard('pg.connected', () => this.#end(undefined)),
      error: fail,
      errorMessage: fail,
      end: guard('pg.connectEnd', () => this.#end(new ConnectionEnded())),
    };
  }

  watch(): void {
    const listeners = Object.entries(this.#listeners);
    for (const [event, listener] of listeners) this.#connection.on(event, listener);
  }

  #end(error: unknown): void {
    const listeners = Object.entries(this.#listeners);
    for (const [event, listener] of listeners) this.#connection.removeListener(event, listener);
    this.#span.block = serverOf(this.#client).block;
    if (error !== undefined) setPgFailure(this.#span, error);
    this.#span.end();
  }
}

/** As pg words it, in an error that it makes later. */
class ConnectionEnded extends Error {
  override readonly message = 'Connection terminated unexpectedly';
}
