/** The few calls of the HTTP API that the command line makes. */
import type {
  ErrorResponse,
  ExplanationResponse,
  SearchResponse,
  ServiceSpansResponse,
  StatusResponse,
  TracesData,
  WholeTrace,
  WholeTracesResponse,
} from '@sightline/wire';
import { askHttp, type HttpOptions } from './ask-http.ts';

const deletionPatienceMs = 3_600_000;

/** What one needs to know of it. */
interface JaegerTrace {
  spans: unknown[];
}

/** The backend, or whoever has its place, refused. */
export class RefusedError extends Error {
  readonly status: number;
  /** In the API's own words, where it is ours. */
  readonly reason: string;
  /** What the API says of it, where it is ours. */
  readonly error: ErrorResponse['error'] | undefined;

  constructor(address: string, status: number, body: string) {
    super(`${address} answered with status ${status}: ${body}`);
    this.status = status;
    this.error = errorIn(body);
    this.reason = this.error?.message ?? this.message;
  }
}

function errorIn(body: string): ErrorResponse['error'] | undefined {
  try {
    return (JSON.parse(body) as Partial<ErrorResponse> | null)?.error;
  } catch {
    // Somebody else has answered.
    return undefined;
  }
}

export class BackendApi {
  readonly address: string;
  readonly #options: HttpOptions;

  /** @param signal ends every call, those under way as well */
  constructor(address: string, signal?: AbortSignal, options: HttpOptions & { token?: string } = {}) {
    const { token = process.env.SIGHTLINE_AUTH_TOKEN, ...others } = options;
    this.address = address;
    this.#options = {
      ...others,
      headers: token ? { authorization: `Bearer ${token}` } : {},
      ...(signal && { signal }),
    };
  }

  status(): Promise<StatusResponse> {
    return this.#get('/api/v1/status') as Promise<StatusResponse>;
  }

  search(parameters: Record<string, string> | URLSearchParams): Promise<SearchResponse> {
    return this.#get(`/api/v1/traces?${new URLSearchParams(parameters)}`) as Promise<SearchResponse>;
  }

  trace(traceId: string): Promise<TracesData> {
    return this.#get(`/api/v1/traces/${traceId}`) as Promise<TracesData>;
  }

  /** Up to 100, without those that are not there. */
  async wholeTraces(traceIds: readonly string[]): Promise<WholeTrace[]> {
    const query = repeated('traceId', traceIds);
    return ((await this.#get(`/api/v1/whole-traces?${query}`)) as WholeTracesResponse).traces;
  }

  /** The same as Jaeger's API answers, which is what its UI saves. */
  async jaegerTraces(traceIds: readonly string[]): Promise<JaegerTrace[]> {
    const query = repeated('traceID', traceIds);
    return ((await this.#get(`/api/traces?${query}`)) as { data: JaegerTrace[] }).data;
  }

  explanation(traceId: string): Promise<ExplanationResponse> {
    return this.#get(`/api/v1/traces/${traceId}/explanation`) as Promise<ExplanationResponse>;
  }

  countSpans(service: string, olderThan: string): Promise<ServiceSpansResponse> {
    return this.#get(spansPath(service, olderThan)) as Promise<ServiceSpansResponse>;
  }

  /** However long it takes. */
  async deleteSpans(service: string, olderThan: string): Promise<ServiceSpansResponse> {
    const patient = { method: 'DELETE', patienceMs: deletionPatienceMs };
    return JSON.parse(await this.#ask(spansPath(service, olderThan), patient)) as ServiceSpansResponse;
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

  async #ask(path: string, options: HttpOptions = {}): Promise<string> {
    const url = `${this.address}${path}`;
    const { status, body } = await askHttp(url, { ...this.#options, ...options });
    if (status !== 200) throw new RefusedError(url, status, body);
    return body;
  }
}

function repeated(name: string, values: readonly string[]): URLSearchParams {
  return new URLSearchParams(values.map((value): [string, string] => [name, value]));
}

function spansPath(service: string, olderThan: string): string {
  return `/api/v1/services/${encodeURIComponent(service)}/spans?${new URLSearchParams({ olderThan })}`;
}
