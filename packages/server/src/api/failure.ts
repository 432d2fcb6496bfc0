import type { ErrorResponse } from '@sightline/wire';
import { AmbiguousTraceId } from '../query/find-trace-id.ts';
import { InvalidParameter } from '../query/invalid-parameter.ts';
import { QueryError } from '../query/traceql/query-error.ts';
import { StoreError, type StoreErrorCode } from '../store/store.ts';

/** What an API tells of an error that a client can do something about. */
export interface Failure {
  status: number;
  /** Kebab-case. */
  code: string;
  message: string;
  field?: string;
  /** Where in a query, in UTF-16 units. */
  from?: number;
  to?: number;
}

/** What was asked for by its id, and is not there. */
export class NotFound extends Error {
  readonly code: string;
  readonly field: string;

  constructor(code: string, field: string, message: string) {
    super(message);
    this.name = 'NotFound';
    this.code = code;
    this.field = field;
  }
}

/** Later, or once somebody has mended it, the same question is answered. */
const unavailable = new Set<string>([
  'store-closed',
  'query-aborted',
  'store-unreachable',
  'store-refused',
] satisfies StoreErrorCode[]);

/** @returns undefined for a fault of ours: that is for the log, not for the client */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof InvalidParameter) return { status: 400, ...describe(error) };
  if (error instanceof QueryError) {
    const { message, from, to } = error;
    return { status: 400, code: 'invalid-query', message, field: 'q', from, to };
  }
  if (error instanceof AmbiguousTraceId) return { status: 409, ...describe(error) };
  if (error instanceof NotFound) return { status: 404, ...describe(error) };
  if (!(error instanceof StoreError)) return undefined;
  const { code, message } = error;
  if (code === 'query-too-expensive') return { status: 422, code, message };
  if (unavailable.has(code)) return { status: 503, code, message };
  return undefined;
}

/** As our own API tells it. */
export function errorResponse({ status: _, ...error }: Failure): ErrorResponse {
  return { error };
}

function describe({ code, message, field }: InvalidParameter | NotFound | AmbiguousTraceId): Omit<Failure, 'status'> {
  return { code, message, field };
}

export function traceNotFound(traceId: string): NotFound {
  return new NotFound(
    'trace-not-found',
    'traceId',
    `No span of trace ${traceId} is stored: it may not have arrived yet, or be older than the retention.`,
  );
}
