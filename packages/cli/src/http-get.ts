/**
 * A GET with node:http. Not `fetch`: that loads ten times as much, and on Node 20 its promise stays
 * open for ever when the other side closes the connection without a word.
 */
import { get } from 'node:http';

const usualPatienceMs = 10_000;

export interface HttpAnswer {
  status: number;
  body: string;
}

export interface GetOptions {
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** For many calls: connections stay open for a while. */
  keepAlive?: boolean;
  patienceMs?: number;
}

export async function httpGet(url: string | URL, options: GetOptions = {}): Promise<HttpAnswer> {
  const { keepAlive = false, patienceMs = usualPatienceMs, ...others } = options;
  const get = await getterFor(url);
  return new Promise((resolve, reject) => {
    const request = get(url, { ...others, ...(keepAlive ? {} : { agent: false }) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.setTimeout(patienceMs, () => request.destroy(new Error(`no answer from ${url} in ${patienceMs / 1000} s`)));
  });
}

/** TLS takes a while to load, and is rarely needed. */
async function getterFor(url: string | URL): Promise<typeof get> {
  return new URL(url).protocol === 'https:' ? (await import('node:https')).get : get;
}
