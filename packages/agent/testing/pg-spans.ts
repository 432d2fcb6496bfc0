/** What is expected of pg's spans, without repeating what all of them say. */
import type { ShownSpan } from './traced-program.ts';

const peer = { 'network.peer.address': '127.0.0.1', 'network.peer.port': '<port>' };

export function database(name = 'postgres', port: unknown = '<port>'): Record<string, unknown> {
  return {
    'db.system.name': 'postgresql',
    'db.namespace': name,
    'server.address': '127.0.0.1',
    'server.port': port,
  };
}

export interface PgQuerySpan {
  /** Of the request that it belongs to; none where it is of no request. */
  readonly path?: string;
  readonly text: string;
  /** The span's name: the operation, and the table if there is one. */
  readonly name?: string;
  readonly rows?: number;
  /** SQLSTATE, or the class of the error. */
  readonly error?: string;
  readonly message?: string;
}

/** @returns the span of a query */
export function queried({ path, text, name = 'SELECT', rows, error, message }: PgQuerySpan): ShownSpan {
  const [operation, second, third] = name.split(' ');
  const table = third ?? (second === operation ? undefined : second);
  return failed(error, message, {
    name,
    kind: 'CLIENT',
    ...(path !== undefined && { parent: `SERVER GET ${path}` }),
    attributes: {
      ...database(),
      ...peer,
      'db.operation.name': operation,
      ...(table !== undefined && { 'db.collection.name': table }),
      'db.query.summary': name,
      'db.query.text': text,
      ...(rows !== undefined && { 'db.response.returned_rows': rows }),
    },
  });
}

/** @returns the span of a connection that is opened */
export function connected(parent?: string): ShownSpan {
  const attributes = { ...database(), ...peer };
  return { name: 'pg.connect', kind: 'CLIENT', ...(parent !== undefined && { parent }), attributes };
}

/** What a pool looked like when it had no idle connection. */
export interface PoolState {
  readonly max: number;
  readonly count: number;
  readonly port?: number;
}

/** @returns the span of who waits for a connection of a pool */
export function waited(path: string, { max, count, port }: PoolState): ShownSpan {
  return {
    name: 'pg-pool.connect',
    kind: 'INTERNAL',
    parent: `SERVER GET ${path}`,
    attributes: {
      ...database('postgres', port ?? '<port>'),
      'db.client.connection.pool.name': '127.0.0.1:<port>/postgres',
      'db.client.connection.max': max,
      'db.client.connection.count': count,
      'db.client.connection.idle': 0,
      'db.client.connection.pending_requests': 0,
    },
  };
}

/** A span as it is where the operation failed. */
export function failed(error: string | undefined, message: string | undefined, span: ShownSpan): ShownSpan {
  if (error === undefined) return span;
  const isOfServer = /^[\dA-Z]{5}$/.test(error);
  const attributes = {
    ...span.attributes,
    ...(isOfServer && { 'db.response.status_code': error }),
    'error.type': error,
  };
  return { ...span, attributes, status: `error: ${message}`, exceptions: [`${error}: ${message}`] };
}
