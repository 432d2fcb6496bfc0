/** Where requests go, and what each begins with. Plain data, so that it can be handed to a worker. */
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { builtin } from '../builtin.ts';
import type { Endpoint } from '../config-endpoint.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions | undefined;
  /** An HTTP/1.1 request's head up to the value of its last field, which is the body's length. */
  readonly head: string;
  /** Those of the head that the user asked for, and the agent's name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** @throws where a certificate file cannot be read */
export function createTarget({ format, url, headers, gzip, ...files }: Endpoint, userAgent: string): Target {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'https:';
  const lines = [
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    `User-Agent: ${userAgent}`,
    `Content-Type: application/${format === 'http/protobuf' ? 'x-protobuf' : 'json'}`,
    ...(gzip ? ['Content-Encoding: gzip'] : []),
    ...Array.from(headers, ([name, value]) => `${name}: ${value}`),
    'Content-Length: ',
  ];
  return {
    host,
    port: Number(url.port) || (secure ? 443 : 80),
    tls: secure ? tlsOptions(host, files) : undefined,
    head: lines.join('\r\n'),
    headers: new Map([['user-agent', userAgent], ...headers]),
  };
}

/** A request in parts, which only need to be written one after the other. */
export function createRequest(target: Target, body: readonly Uint8Array[]): Uint8Array[] {
  return [Buffer.from(`${target.head}${totalBytes(body)}\r\n\r\n`, 'latin1'), ...body];
}

export function totalBytes(parts: readonly Uint8Array[]): number {
  let total = 0;
  for (const part of parts) total += part.length;
  return total;
}

type Files = Pick<Endpoint, 'certificateFile' | 'clientKeyFile' | 'clientCertificateFile'>;

function tlsOptions(host: string, { certificateFile, clientKeyFile, clientCertificateFile }: Files): ConnectionOptions {
  const { isIP } = builtin<typeof import('node:net')>('node:net');
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(certificateFile !== undefined && { ca: readFileSync(certificateFile, 'utf8') }),
    ...(clientKeyFile !== undefined && { key: readFileSync(clientKeyFile, 'utf8') }),
    ...(clientCertificateFile !== undefined && { cert: readFileSync(clientCertificateFile, 'utf8') }),
  };
}
