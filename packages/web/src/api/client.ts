/** The one door to the server: its documented HTTP API. */
import type { ErrorResponse } from '@sightline/wire';
import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

export class ApiError extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  /** The server's stable, kebab-case code; `unreachable` when no answer came. */
  readonly code: string;
  /** The parameter at fault. */
  readonly field: string | undefined;
  /** Where in a query the error is, as UTF-16 offsets. */
  readonly from: number | undefined;
  readonly to: number | undefined;

  constructor(status: number, error: ErrorResponse['error']) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.field = error.field;
    this.from = error.from;
    this.to = error.to;
  }
}

export type Query = Record<string, string | number | readonly string[] | undefined>;

export async function getJson<Answer>(path: string, query: Query, signal: AbortSignal): Promise<Answer> {
  const response = await send(apiUrl(path, query), signal, 'application/json');
  if (!response.ok) throw await readError(response);
  return (await response.json()) as Answer;
}

/** Server-sent events, as they come. */
export async function getEvents(
  path: string,
  query: Query,
  signal: AbortSignal,
): Promise<ReadableStream<EventSourceMessage>> {
  const response = await send(apiUrl(path, query), signal, 'text/event-stream');
  if (!response.ok || !response.body) throw await readError(response);
  const text = response.body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>);
  return text.pipeThrough(new EventSourceParserStream());
}

export function apiUrl(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== undefined) parameters.append(key, String(one));
    }
  }
  return parameters.size > 0 ? `/api/v1${path}?${parameters}` : `/api/v1${path}`;
}

async function send(url: string, signal: AbortSignal, accept: string): Promise<Response> {
  try {
    return await fetch(url, { signal, headers: { accept } });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ApiError(0, {
      code: 'unreachable',
      message: 'The Sightline server does not answer. Is `sightline up` still running?',
    });
  }
}

async function readError(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isErrorResponse(body)) return new ApiError(response.status, body.error);
  const message = `The server answered ${response.status} ${response.statusText}`.trim();
  return new ApiError(response.status, { code: 'unexpected-answer', message });
}

function isErrorResponse(body: unknown): body is ErrorResponse {
  return typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'object';
}
