/** One request that this process makes: what `node:http` and undici have in common. */
import type { AttributeBlock, AttributeList } from '../tracer/attributes.ts';
import type { Context } from '../tracer/context.ts';
import type { NonRecordingSpan } from '../tracer/non-recording-span.ts';
import type { Span } from '../tracer/span.ts';
import type { Tracer } from '../tracer/tracer.ts';
import { setFailure } from './failure.ts';
import { methodName, pushMethod, redactCredentials, redactQuery, setStatusCode } from './http-attributes.ts';

export class ClientCall {
  /** Let go at the end: the program may keep the request for long. */
  #span: Span | undefined;

  constructor(span: Span) {
    this.#span = span;
  }

  /** Whether it is known yet where the request went. */
  get isDescribed(): boolean {
    return this.#span?.block !== undefined;
  }

  setUrl(url: string): void {
    this.#span?.put('url.full', url);
  }

  setPeer(block: AttributeBlock): void {
    if (this.#span !== undefined) this.#span.block = block;
  }

  setStatusCode(statusCode: number): void {
    if (this.#span !== undefined) setStatusCode(this.#span, statusCode, 400);
  }

  fail(error: unknown): void {
    if (this.#span !== undefined) setFailure(this.#span, error);
    this.end();
  }

  end(): void {
    this.#span?.end();
    this.#span = undefined;
  }
}

/** @param identity for which a span is to be recorded */
export function recordClientCall(
  tracer: Tracer,
  identity: NonRecordingSpan,
  parent: Context,
  method: string,
): ClientCall {
  const attributes = method === 'GET' ? plainGet() : otherMethod(method);
  return new ClientCall(tracer.record(identity, parent, methodName(method), 3, attributes, undefined));
}

/** With places for what is put there later. */
function plainGet(): AttributeList {
  return ['http.request.method', 'GET', 'url.full', undefined, 'http.response.status_code', undefined];
}

function otherMethod(method: string): AttributeList {
  const attributes: AttributeList = [];
  pushMethod(attributes, method);
  return attributes;
}

/**
 * @param origin scheme and authority, `https://example.com:8443`
 * @param path with the query; a whole URL where a proxy is asked
 */
export function fullUrl(origin: string, path: string): string {
  if (path.charCodeAt(0) === 47 /* / */) return redactQuery(origin + path);
  // `CONNECT example.com:443` and `OPTIONS *` have no slash of their own.
  return redactQuery(path.includes('://') ? redactCredentials(path) : `${origin}/${path}`);
}
