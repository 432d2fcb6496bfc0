/**
 * What the program itself gives to `client.query`: a `Query`, a cursor, a stream, a COPY. pg calls its methods as the
 * answers of the server arrive, from the frame of a socket that somebody else opened; events and callbacks come out of
 * them. So the methods are brought into the caller's context, on this one object, and two of them end the span.
 */
import { guard } from '../guard.ts';
import { activeContext, type Context, enterContext, leaveContext } from '../tracer/context.ts';
import { callOfQuery, type PgCall, type PgQuery, setCall, startCall } from './pg-query.ts';
import type { PgClient } from './pg-server.ts';

type Method = (this: unknown, first: unknown, second: unknown) => unknown;

interface Submittable extends PgQuery {
  readonly _results?: unknown;
}

const methods = [
  'handleRowDescription',
  'handleDataRow',
  'handlePortalSuspended',
  'handleCommandComplete',
  'handleEmptyQuery',
  'handleCopyInResponse',
  'handleCopyData',
  'handleReadyForQuery',
  'handleError',
] as const;

export function onSubmittable(message: unknown): void {
  const { client, query } = message as { client: PgClient; query: Submittable };
  if (callOfQuery(query) !== undefined) return;
  const context = activeContext();
  const call = startCall(client, query, context);
  setCall(query, call);
  for (const name of methods) wrap(query, name, context, endingOf(name, query, call));
}

function wrap(query: Submittable, name: string, context: Context, before: (argument: unknown) => void): void {
  const original = (query as Record<string, Method | undefined>)[name];
  if (typeof original !== 'function') return;
  const value: Method = function (first, second) {
    before(first);
    const outer = enterContext(context);
    try {
      return original.call(this, first, second);
    } finally {
      leaveContext(outer);
    }
  };
  const enumerable = Object.prototype.propertyIsEnumerable.call(query, name);
  Object.defineProperty(query, name, { value, enumerable, writable: true, configurable: true });
}

function endingOf(name: string, query: Submittable, call: PgCall | null): (argument: unknown) => void {
  if (call === null) return nothing;
  if (name === 'handleReadyForQuery') return () => ready(query, call);
  if (name === 'handleError') return (error) => failed(query, call, error);
  return nothing;
}

function nothing(): void {}

/** A cursor has rows of several fetches, of which it counts the last: only a query's result tells. */
const ready = guard('pg.ready', (query: Submittable, call: PgCall) => {
  if (!query._canceledDueToError) call.succeed(query._results);
});

const failed = guard('pg.failed', (query: Submittable, call: PgCall, error: unknown) => {
  call.fail(query._canceledDueToError || error);
});
