/**
 * A request with node:http. Not `fetch`: that loads ten times as much, and on Node 20 its promise stays
 * open for ever when the other side closes the connection without a word.
 */
import { type RequestOptions, request } from 'node:http';
import { explainTrust } from './untrusted.ts';

export interface HttpAnswer {
  status: number;
  body: string;
}

export interface HttpOptions {
  /** Default GET. */
  method?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Without a byte from the other side; default 10,000. */
  patienceMs?: number;
  /** For many calls: connections stay open for a while. */
  keepAlive?: boolean;
}

export async function askHttp(url: string | URL, options: HttpOptions = {}): Promise<HttpAnswer> {
  const { patienceMs = 10_000, keepAlive = false, ...rest } = options;
  const requestOptions: RequestOptions = { ...rest, ...(keepAlive ? {} : { agent: false }) };
  const request = await requestFor(url);
  return new Promise((resolve, reject) => {
    const asked = request(url, requestOptions, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    asked.on('error', (error) => reject(explainTrust(error, url)));
    asked.setTimeout(patienceMs, () => asked.destroy(new Error(`no answer from ${url} in ${patienceMs / 1000} s`)));
    asked.end();
  });
}

/** TLS takes a while to load, and is rarely needed. */
async function requestFor(url: string | URL): Promise<typeof request> {
  return new URL(url).protocol === 'https:' ? (await import('node:https')).request : request;
}
