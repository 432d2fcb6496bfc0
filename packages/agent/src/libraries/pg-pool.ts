/**
 * What waits for a connection of a pool: it goes on in its own context, whoever gave the connection back, and where
 * it had to wait, or a connection had to be opened, a span says for how long. A connection that lies idle is handed
 * over without one.
 */
import { guard } from '../guard.ts';
import type { AttributeList } from '../tracer/attributes.ts';
import { activeContext, type Context, contextWithSpan, enterContext, leaveContext } from '../tracer/context.ts';
import type { Span } from '../tracer/span.ts';
import { identify, isRecorded } from '../tracer/tracer.ts';
import { pgTracer, setPgFailure } from './pg-query.ts';
import { blockOf, databaseAttributes, type PgClient } from './pg-server.ts';

const key: unique symbol = Symbol('sightline.pgCheckout');

interface Pool {
  readonly options: { readonly max: number; readonly connectionTimeoutMillis?: number };
  readonly _clients: readonly PgClient[];
  readonly _idle: readonly unknown[];
  readonly _pendingQueue: readonly unknown[];
}

type Callback = (this: Pending, error: unknown, client: unknown, release: unknown) => unknown;

/** Who waits; the pool's own object. */
interface Pending {
  callback: Callback;
  timedOut?: unknown;
  [key]?: Checkout;
}

class Checkout {
  readonly context: Context;
  /** Undefined where it need not wait, is not traced, or waits no longer: the pool may keep this for as long as the connection. */
  span: Span | undefined;
  callback: Callback | undefined = undefined;

  constructor(context: Context, span: Span | undefined) {
    this.context = context;
    this.span = span;
  }

  end(error: unknown): void {
    const span = this.#take();
    if (error && span !== undefined) setPgFailure(span, error);
    span?.end();
  }

  timeOut(): void {
    const span = this.#take();
    span?.put('error.type', 'timeout');
    span?.setStatus({ code: 2, message: 'timeout exceeded when trying to connect' });
    span?.end();
  }

  #take(): Span | undefined {
    const { span } = this;
    this.span = undefined;
    return span;
  }
}

/** Of the `connect` that is under way, until its {@link Pending} is made. */
let waiting: { readonly span: Span; readonly hasTimeout: boolean } | undefined;

/** Not called where more connections lie idle than are asked for. */
export function onCheckout(message: unknown): void {
  const { pool } = message as { pool: Pool };
  waiting = undefined;
  const parent = activeContext();
  if (parent.isSuppressed) return;
  const identity = identify(parent);
  if (!isRecorded(identity, parent)) return;
  const span = pgTracer.record(identity, parent, 'pg-pool.connect', 1, poolAttributes(pool), undefined);
  waiting = { span, hasTimeout: !!pool.options.connectionTimeoutMillis };
  describe(span, pool._clients[0]);
}

/** The state in which the request found it. */
function poolAttributes({ options, _clients, _idle, _pendingQueue }: Pool): AttributeList {
  return [
    'db.client.connection.max',
    options.max,
    'db.client.connection.count',
    _clients.length,
    'db.client.connection.idle',
    _idle.length,
    'db.client.connection.pending_requests',
    _pendingQueue.length,
  ];
}

/** All clients of a pool go to one database. */
function describe(span: Span, client: PgClient | undefined): void {
  if (client === undefined) return;
  const attributes = databaseAttributes(client);
  span.block = blockOf([...attributes, 'db.client.connection.pool.name', poolName(client)]);
}

/** As the semantic conventions put it together. */
function poolName({ host, port, database }: PgClient): string {
  return `${host}:${port}/${database}`;
}

export function onPending(message: unknown): void {
  const { pending } = message as { pending: Pending };
  const checkout = new Checkout(activeContext(), waiting?.span);
  pending[key] = checkout;
  if (waiting?.hasTimeout) watchTimeout(pending, checkout);
  waiting = undefined;
}

/** Who has waited for too long is told by a timer of the pool's, past the callback that we could see. */
function watchTimeout(pending: Pending, checkout: Checkout): void {
  let timedOut: unknown;
  const onTimeout = guard('pg.timeout', () => checkout.timeOut());
  Object.defineProperty(pending, 'timedOut', {
    get: () => timedOut,
    set(value) {
      timedOut = value;
      onTimeout();
    },
  });
}

/** A new connection is being opened for this one; `connect` of the client is next. */
let opening: { readonly pool: Pool; readonly checkout: Checkout } | undefined;

export function onNewClient(message: unknown): void {
  const { pool, pending } = message as { pool: Pool; pending: Pending };
  const checkout = pending[key];
  opening = undefined;
  if (checkout === undefined) return;
  opening = { pool, checkout };
  bind(pending, checkout);
}

/** @returns undefined where it is no pool that opens the connection */
export function contextOfOpening(client: PgClient): Context | undefined {
  const { pool, checkout } = opening ?? {};
  opening = undefined;
  if (checkout === undefined || pool?._clients[pool._clients.length - 1] !== client) return undefined;
  const { span, context } = checkout;
  if (span === undefined) return context;
  if (span.block === undefined) describe(span, client);
  return contextWithSpan(context, span);
}

/** The usual case, a connection that lies idle, is in the right context already. */
export function onAcquire(message: unknown): void {
  const { pending } = message as { pending: Pending };
  const checkout = pending[key];
  if (checkout === undefined || pending.timedOut) return;
  if (checkout.span !== undefined || activeContext() !== checkout.context) bind(pending, checkout);
}

function bind(pending: Pending, checkout: Checkout): void {
  if (checkout.callback !== undefined) return;
  checkout.callback = pending.callback;
  pending.callback = deliver;
}

const settle = guard('pg.checkout', (checkout: Checkout, error: unknown) => checkout.end(error));

/** One for all: the pool calls it as a method of what waits. */
function deliver(this: Pending, error: unknown, client: unknown, release: unknown): unknown {
  const { context, callback } = this[key] as Checkout & { readonly callback: Callback };
  settle(this[key] as Checkout, error);
  const before = enterContext(context);
  try {
    return callback.call(this, error, client, release);
  } finally {
    leaveContext(before);
  }
}
