import type { EnvReader } from './env-reader.ts';

/** Where the spans go, and how. */
export interface Endpoint {
  readonly url: URL;
  readonly headers: ReadonlyMap<string, string>;
  /** For one request, its answer included. */
  readonly timeoutMs: number;
  readonly gzip: boolean;
  /** PEM file of the certificate authority that the backend's certificate is checked by. */
  readonly certificateFile: string | undefined;
  /** PEM files that show the backend who we are. */
  readonly clientKeyFile: string | undefined;
  readonly clientCertificateFile: string | undefined;
}

const defaultBase = 'http://127.0.0.1:4318';
const tracesPath = 'v1/traces';

/** Each setting has a name for all signals and one for traces, which wins. */
export function readEndpoint(env: EnvReader): Endpoint {
  return {
    url: readUrl(env),
    headers: readEndpointHeaders(env),
    // The batch processor's limit is for all tries at a batch, ours for one: the shorter holds for both.
    timeoutMs: Math.min(
      env.count(specific(env, 'TIMEOUT'), 10_000, 1),
      env.count('OTEL_BSP_EXPORT_TIMEOUT', 30_000, 1),
    ),
    gzip: readGzip(env),
    certificateFile: env.text(specific(env, 'CERTIFICATE')),
    clientKeyFile: env.text(specific(env, 'CLIENT_KEY')),
    clientCertificateFile: env.text(specific(env, 'CLIENT_CERTIFICATE')),
  };
}

function specific(env: EnvReader, suffix: string): string {
  const name = `OTEL_EXPORTER_OTLP_TRACES_${suffix}`;
  return env.text(name) === undefined ? `OTEL_EXPORTER_OTLP_${suffix}` : name;
}

/** The traces' own endpoint is used as it is; to the general one the signal's path is added. */
function readUrl(env: EnvReader): URL {
  const name = specific(env, 'ENDPOINT');
  const text = env.text(name);
  const fallback = new URL(tracesPath, `${defaultBase}/`);
  if (text === undefined) return fallback;
  const url = parseHttpUrl(text);
  if (url === undefined) {
    env.reject(name, text, 'an http:// or https:// URL', fallback.href);
    return fallback;
  }
  if (name.includes('TRACES')) return url;
  url.pathname = url.pathname.endsWith('/') ? url.pathname + tracesPath : `${url.pathname}/${tracesPath}`;
  return url;
}

function parseHttpUrl(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : undefined;
}

function readEndpointHeaders(env: EnvReader): ReadonlyMap<string, string> {
  const name = specific(env, 'HEADERS');
  const text = env.text(name);
  const headers = text === undefined ? new Map<string, string>() : readPairs(text);
  if (headers !== undefined && [...headers].every(([key, value]) => isHeader(key, value))) return headers;
  // The value may hold a secret: it is not repeated.
  env.reject(name, '…', 'key=value pairs with percent-encoding', 'none of them');
  return new Map();
}

/** What cannot stand in a request's head would let a value write headers of its own. */
function isHeader(name: string, value: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function readGzip(env: EnvReader): boolean {
  const name = specific(env, 'COMPRESSION');
  const text = env.text(name);
  if (text !== undefined && text !== 'gzip' && text !== 'none') env.reject(name, text, 'gzip or none', 'none');
  return text === 'gzip';
}

/**
 * `key=value,key=value`, both percent-encoded.
 * @returns undefined where a part is not a pair, or its encoding is broken
 */
export function readPairs(text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    if (at < 0) return undefined;
    const key = decode(part.slice(0, at).trim());
    const value = decode(part.slice(at + 1).trim());
    if (!key || value === undefined) return undefined;
    pairs.set(key, value);
  }
  return pairs;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
