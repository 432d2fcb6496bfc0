/** The few calls of the HTTP API that the command line makes. */
import type { ExplanationResponse, SearchResponse, StatusResponse, TracesData } from '@sightline/wire';
import { httpGet } from './http-get.ts';

/** The backend, or whoever has its place, refused. */
export class RefusedError extends Error {
  readonly status: number;

  constructor(address: string, status: number, body: string) {
    super(`${address} answered with status ${status}: ${body}`);
    this.status = status;
  }
}

export class BackendApi {
  readonly address: string;
  readonly #signal: AbortSignal | undefined;
  readonly #headers: Record<string, string>;

  /** @param signal ends every call, those under way as well */
  constructor(address: string, signal?: AbortSignal) {
    this.address = address;
    this.#signal = signal;
    const token = process.env.SIGHTLINE_AUTH_TOKEN;
    this.#headers = token ? { authorization: `Bearer ${token}` } : {};
  }

  status(): Promise<StatusResponse> {
    return this.#get('/api/v1/status') as Promise<StatusResponse>;
  }

  search(parameters: Record<string, string>): Promise<SearchResponse> {
    return this.#get(`/api/v1/traces?${new URLSearchParams(parameters)}`) as Promise<SearchResponse>;
  }

  trace(traceId: string): Promise<TracesData> {
    return this.#get(`/api/v1/traces/${traceId}`) as Promise<TracesData>;
  }

  explanation(traceId: string): Promise<ExplanationResponse> {
    return this.#get(`/api/v1/traces/${traceId}/explanation`) as Promise<ExplanationResponse>;
  }

  /** Has everything that was acknowledged become searchable? */
  async hasStoredAll(): Promise<boolean> {
    return /^sightline_spool_bytes 0$/m.test(await this.#ask('/metrics'));
  }

  /** The page that shows a trace. */
  pageOf(traceId: string): string {
    return `${this.address}/trace/${traceId}`;
  }

  async #get(path: string): Promise<unknown> {
    return JSON.parse(await this.#ask(path));
  }

  async #ask(path: string): Promise<string> {
    const url = `${this.address}${path}`;
    const { status, body } = await httpGet(url, {
      headers: this.#headers,
      ...(this.#signal && { signal: this.#signal }),
    });
    if (status !== 200) throw new RefusedError(url, status, body);
    return body;
  }
}
