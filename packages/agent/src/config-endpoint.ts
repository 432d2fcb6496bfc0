import type { EnvReader } from './env-reader.ts';

/** Where the spans go, and how. */
export interface Endpoint {
  readonly format: Format;
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

/** The formats of `OTEL_EXPORTER_OTLP_PROTOCOL`, and those that `OTEL_TRACES_EXPORTER` names itself. */
export type Format = OtlpFormat | 'jaeger' | 'zipkin' | 'console';
type OtlpFormat = (typeof otlpFormats)[number];

const otlpFormats = ['http/protobuf', 'http/json', 'grpc'] as const;
const tracesPath = 'v1/traces';

/** @param exporter of `OTEL_TRACES_EXPORTER` */
export function readEndpoint(env: EnvReader, exporter: 'otlp' | Exclude<Format, OtlpFormat>): Endpoint {
  switch (exporter) {
    case 'jaeger':
      return plainEndpoint(env, exporter, readJaegerUrl(env));
    case 'zipkin':
      return plainEndpoint(env, exporter, readZipkinUrl(env));
    case 'console':
      return plainEndpoint(env, exporter, new URL('file:///dev/stdout'));
    default:
      return readOtlpEndpoint(env);
  }
}

/** Each setting has a name for all signals and one for traces, which wins. */
function readOtlpEndpoint(env: EnvReader): Endpoint {
  const format = readOtlpFormat(env);
  return {
    format,
    url: format === 'grpc' ? readGrpcUrl(env) : readUrl(env),
    headers: readEndpointHeaders(env),
    timeoutMs: readTimeout(env, specific(env, 'TIMEOUT')),
    gzip: readGzip(env),
    certificateFile: env.text(specific(env, 'CERTIFICATE')),
    clientKeyFile: env.text(specific(env, 'CLIENT_KEY')),
    clientCertificateFile: env.text(specific(env, 'CLIENT_CERTIFICATE')),
  };
}

function plainEndpoint(env: EnvReader, format: Format, url: URL): Endpoint {
  return {
    format,
    url,
    headers: new Map(),
    timeoutMs: readTimeout(env, `OTEL_EXPORTER_${format.toUpperCase()}_TIMEOUT`),
    gzip: false,
    certificateFile: undefined,
    clientKeyFile: undefined,
    clientCertificateFile: undefined,
  };
}

/** The batch processor's limit is for all tries at a batch, the other for one: the shorter holds for both. */
function readTimeout(env: EnvReader, name: string): number {
  return Math.min(env.count(name, 10_000, 1), env.count('OTEL_BSP_EXPORT_TIMEOUT', 30_000, 1));
}

function specific(env: EnvReader, suffix: string): string {
  const name = `OTEL_EXPORTER_OTLP_TRACES_${suffix}`;
  return env.text(name) === undefined ? `OTEL_EXPORTER_OTLP_${suffix}` : name;
}

function readOtlpFormat(env: EnvReader): OtlpFormat {
  const name = specific(env, 'PROTOCOL');
  const text = env.text(name)?.toLowerCase() ?? 'http/protobuf';
  const format = otlpFormats.find((known) => known === text);
  if (format === undefined) env.reject(name, text, otlpFormats.join(', '), 'http/protobuf');
  return format ?? 'http/protobuf';
}

/** The traces' own endpoint is used as it is; to the general one the signal's path is added. */
function readUrl(env: EnvReader): URL {
  const name = specific(env, 'ENDPOINT');
  const fallback = new URL(`http://127.0.0.1:4318/${tracesPath}`);
  const url = readHttpUrl(env, name, fallback);
  if (url === fallback || name.includes('TRACES')) return url;
  url.pathname = url.pathname.endsWith('/') ? url.pathname + tracesPath : `${url.pathname}/${tracesPath}`;
  return url;
}

/** The path is the service's, whatever the endpoint says. Without a scheme it is secure unless told otherwise. */
function readGrpcUrl(env: EnvReader): URL {
  const name = specific(env, 'ENDPOINT');
  const fallback = new URL('http://127.0.0.1:4317');
  if (env.text(name)?.includes('://') !== false) return readHttpUrl(env, name, fallback);
  const scheme = env.boolean(specific(env, 'INSECURE')) ? 'http' : 'https';
  return readHttpUrl(env, name, fallback, `${scheme}://${env.text(name)}`);
}

function readZipkinUrl(env: EnvReader): URL {
  return readHttpUrl(env, 'OTEL_EXPORTER_ZIPKIN_ENDPOINT', new URL('http://127.0.0.1:9411/api/v2/spans'));
}

/** Of an agent that takes Thrift compact over UDP; what the specification has besides is told to be left out. */
function readJaegerUrl(env: EnvReader): URL {
  const protocol = 'udp/thrift.compact';
  const wanted = env.text('OTEL_EXPORTER_JAEGER_PROTOCOL')?.toLowerCase() ?? protocol;
  if (wanted !== protocol) env.reject('OTEL_EXPORTER_JAEGER_PROTOCOL', wanted, protocol, protocol);
  const host = env.text('OTEL_EXPORTER_JAEGER_AGENT_HOST') ?? '127.0.0.1';
  const port = env.count('OTEL_EXPORTER_JAEGER_AGENT_PORT', 6831, 1);
  const url = `udp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (URL.canParse(url)) return new URL(url);
  env.reject('OTEL_EXPORTER_JAEGER_AGENT_HOST', `${host}:${port}`, 'a host and a port', '127.0.0.1:6831');
  return new URL('udp://127.0.0.1:6831');
}

/** @param text where it is not the variable's value as it is */
function readHttpUrl(env: EnvReader, name: string, fallback: URL, text: string | undefined = env.text(name)): URL {
  if (text === undefined) return fallback;
  const url = parseHttpUrl(text);
  if (url === undefined) env.reject(name, text, 'an http:// or https:// URL', fallback.href);
  return url ?? fallback;
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
