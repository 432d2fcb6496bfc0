import type { NonRecordingSpan } from '../tracer/non-recording-span.ts';
import type { Span } from '../tracer/span.ts';

/** What a tracer starts. */
export type MaybeSpan = Span | NonRecordingSpan;

/** The code of a system error (`ECONNREFUSED`, `SQLITE_CONSTRAINT`), else the class of the error. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code !== '' ? code : error.name;
}

/** The operation failed with this error. */
export function setFailure(span: MaybeSpan, error: unknown): void {
  span.setAttribute('error.type', errorType(error));
  span.recordException(error as Error);
  span.setStatus(error instanceof Error ? { code: 2, message: error.message } : { code: 2 });
}

export function endFailed(span: MaybeSpan, error: unknown): void {
  setFailure(span, error);
  span.end();
}
