/**
 * What the HTTP server, the HTTP client and undici say alike.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
import type { AttributeList } from '../tracer/attributes.ts';
import type { MaybeSpan } from './failure.ts';

const knownMethods: ReadonlySet<string> = new Set(
  'CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '),
);

/** Spans of a method that nobody knows are called `HTTP`, so that a scanner cannot make up names. */
export function methodName(method: string): string {
  return method === 'GET' || knownMethods.has(method) ? method : 'HTTP';
}

export function pushMethod(attributes: AttributeList, method: string): void {
  if (knownMethods.has(method)) attributes.push('http.request.method', method);
  else attributes.push('http.request.method', '_OTHER', 'http.request.method_original', method);
}

/** A client span is an error from 400 on, a server span from 500 on. */
export function setStatusCode(span: MaybeSpan, statusCode: number, errorFrom: 400 | 500, message?: string): void {
  span.put('http.response.status_code', statusCode);
  if (statusCode < errorFrom) return;
  span.setAttribute('error.type', String(statusCode));
  span.setStatus(message === undefined ? { code: 2 } : { code: 2, message });
}

const secretParameter = /([?&](?:AWSAccessKeyId|Signature|sig|X-Goog-Signature|X-Amz-Signature)=)[^&#]*/g;

/** Signatures in a query are as good as passwords. */
export function redactQuery(url: string): string {
  return url.includes('?') && url.includes('=') && mayHoldSecret(url)
    ? url.replace(secretParameter, '$1REDACTED')
    : url;
}

function mayHoldSecret(url: string): boolean {
  return url.includes('sig=') || url.includes('ignature=') || url.includes('AWSAccessKeyId=');
}

/** `https://user:password@host/` → `https://REDACTED:REDACTED@host/` */
export function redactCredentials(url: string): string {
  const start = url.indexOf('//') + 2;
  const end = authorityEnd(url, start);
  const at = url.lastIndexOf('@', end);
  if (at < start) return url;
  return `${url.slice(0, start)}REDACTED:REDACTED${url.slice(at)}`;
}

function authorityEnd(url: string, start: number): number {
  for (let i = start; i < url.length; i++) {
    const character = url.charCodeAt(i);
    if (character === 47 /* / */ || character === 63 /* ? */ || character === 35 /* # */) return i;
  }
  return url.length;
}

/** IPv4 as IPv4, also on a socket that speaks both. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

export interface HostPort {
  /** Without the brackets of IPv6. */
  readonly host: string;
  readonly port: number;
}

/** Reads `example.com`, `example.com:8080`, `[::1]:8080`. */
export function parseHost(text: string, defaultPort: number): HostPort {
  const bracket = text.lastIndexOf(']');
  const colon = text.indexOf(':', bracket + 1);
  const name = colon === -1 ? text : text.slice(0, colon);
  const port = colon === -1 ? Number.NaN : Number(text.slice(colon + 1));
  const host = bracket === -1 ? name : name.slice(1, bracket);
  return { host, port: Number.isInteger(port) && port > 0 ? port : defaultPort };
}
