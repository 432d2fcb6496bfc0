/** The spans that an exchange over HTTP leaves, as the tests expect them. */
import type { ShownSpan } from './traced-program.ts';

export interface ServerSpan {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly route?: string;
  /** Undefined where none was sent. */
  readonly statusCode?: number | undefined;
  readonly parent?: string | undefined;
  /** What the status says beyond the code. */
  readonly message?: string;
  readonly exceptions?: readonly string[];
  /** Further attributes, or others in place of the usual. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export function serverSpan(expected: ServerSpan): ShownSpan {
  const { method = 'GET', path, query, route, statusCode, message, exceptions } = expected;
  const isError = statusCode !== undefined && statusCode >= 500;
  return {
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'SERVER',
    ...parentOf(expected, `CLIENT ${method} ${path}${query === undefined ? '' : `?${query}`}`),
    attributes: {
      'http.request.method': method,
      'url.scheme': 'http',
      'url.path': path,
      ...(query !== undefined && { 'url.query': query }),
      'server.address': '127.0.0.1',
      'server.port': '<port>',
      'client.address': '127.0.0.1',
      'network.peer.address': '127.0.0.1',
      'network.peer.port': '<port>',
      'network.protocol.version': '1.1',
      ...(route !== undefined && { 'http.route': route }),
      ...(statusCode !== undefined && { 'http.response.status_code': statusCode }),
      ...(isError && { 'error.type': String(statusCode) }),
      ...expected.attributes,
    },
    ...(isError && { status: message === undefined ? 'error' : `error: ${message}` }),
    ...(exceptions && { exceptions }),
  };
}

export interface ClientSpan {
  readonly method?: string;
  /** With the query. */
  readonly path: string;
  readonly statusCode?: number;
  readonly parent?: string;
  /** Where the exchange failed other than by its status code. */
  readonly error?: { readonly type: string; readonly message: string; readonly exception?: string };
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export function clientSpan(expected: ClientSpan): ShownSpan {
  const { method = 'GET', path, statusCode, parent, error } = expected;
  const isError = error !== undefined || (statusCode !== undefined && statusCode >= 400);
  return {
    name: method,
    kind: 'CLIENT',
    ...(parent !== undefined && { parent }),
    attributes: {
      'http.request.method': method,
      'url.full': `http://127.0.0.1:<port>${path}`,
      'server.address': '127.0.0.1',
      'server.port': '<port>',
      ...(statusCode !== undefined && { 'http.response.status_code': statusCode }),
      ...(isError && { 'error.type': error?.type ?? String(statusCode) }),
      ...expected.attributes,
    },
    ...(isError && { status: error === undefined ? 'error' : `error: ${error.message}` }),
    ...(error && { exceptions: [`${error.exception ?? error.type}: ${error.message}`] }),
  };
}

/** Nearly all server spans come of a client span in the same program; undefined says that this one does not. */
function parentOf(expected: ServerSpan, usual: string): { parent?: string } {
  const parent = 'parent' in expected ? expected.parent : usual;
  return parent === undefined ? {} : { parent };
}
