import { Agent, type IncomingHttpHeaders, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';
import { explainTrust } from '../untrusted.ts';

const patienceMs = 60_000;

export interface PostAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Posts to one address, over connections that stay open. */
export class HttpPoster {
  readonly #url: URL;
  readonly #options: RequestOptions;

  constructor(url: URL, headers: Record<string, string>) {
    this.#url = url;
    const agent = url.protocol === 'https:' ? new SecureAgent({ keepAlive: true }) : new Agent({ keepAlive: true });
    this.#options = { method: 'POST', headers, agent };
  }

  post(body: Uint8Array): Promise<PostAnswer> {
    const headers = { ...this.#options.headers, 'content-length': body.length };
    const send = this.#url.protocol === 'https:' ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const request = send(this.#url, { ...this.#options, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      request.on('error', (error) => reject(explainTrust(error, this.#url)));
      request.setTimeout(patienceMs, () => request.destroy(new Error(`no answer in ${patienceMs / 1_000} s`)));
      request.end(body);
    });
  }

  close(): void {
    (this.#options.agent as Agent).destroy();
  }
}
