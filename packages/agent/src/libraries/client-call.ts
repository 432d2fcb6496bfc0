/** One request that this process makes: what `node:http` and undici have in common. */
import type { AttributeList } from '../tracer/attributes.ts';
import { type Context, contextWithSpan } from '../tracer/context.ts';
import type { Tracer } from '../tracer/tracer.ts';
import { type MaybeSpan, setFailure } from './failure.ts';
import {
  methodName,
  parseHost,
  plainAddress,
  pushMethod,
  redactCredentials,
  redactQuery,
  setStatusCode,
} from './http-attributes.ts';

export class ClientCall {
  readonly span: MaybeSpan;
  /** With the span in it: what the request's headers tell the server. */
  readonly context: Context;
  /** Set while the port is a guess: the URL's part before the path. */
  guessedOrigin: string | undefined = undefined;
  #hasEnded = false;

  constructor(span: MaybeSpan, context: Context) {
    this.span = span;
    this.context = context;
  }

  setPeer(address: string | undefined, port: number | undefined): void {
    if (address === undefined || port === undefined) return;
    this.span.setAttribute('network.peer.address', plainAddress(address));
    this.span.setAttribute('network.peer.port', port);
  }

  /** The connection knows what the request did not tell. */
  correctPort(url: string, port: number | undefined): void {
    if (this.guessedOrigin === undefined || typeof port !== 'number' || port === 80 || port === 443) return;
    this.span.setAttribute('url.full', redactQuery(urlOf(`${this.guessedOrigin}:${port}`, url)));
    this.span.setAttribute('server.port', port);
  }

  setStatusCode(statusCode: number): void {
    setStatusCode(this.span, statusCode, 400);
  }

  fail(error: unknown): void {
    if (this.#hasEnded) return;
    setFailure(this.span, error);
    this.end();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.span.end();
  }
}

/**
 * @param origin scheme and authority, `https://example.com:8443`
 * @param path with the query; a whole URL where a proxy is asked
 */
export function startClientCall(
  tracer: Tracer,
  parent: Context,
  method: string,
  origin: string,
  path: string,
): ClientCall {
  const url = urlOf(origin, path);
  const span = tracer.startSpan(methodName(method), 3, parent, undefined, clientAttributes(method, origin, url));
  return new ClientCall(span, contextWithSpan(parent, span));
}

/** `CONNECT example.com:443` and `OPTIONS *` have no slash of their own. */
function urlOf(origin: string, path: string): string {
  if (path.startsWith('/')) return origin + path;
  return path.includes('://') ? path : `${origin}/${path}`;
}

function clientAttributes(method: string, origin: string, url: string): AttributeList {
  const attributes: AttributeList = [];
  const isEncrypted = origin.startsWith('https:');
  const { host, port } = parseHost(origin.slice(origin.indexOf('//') + 2), isEncrypted ? 443 : 80);
  pushMethod(attributes, method);
  attributes.push('url.full', redactQuery(redactCredentials(url)));
  attributes.push('server.address', host, 'server.port', port);
  return attributes;
}
