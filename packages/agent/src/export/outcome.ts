import type { Answer } from './http-response.ts';

/** What an answer means for the spans that were sent. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly rejectedSpans: number; readonly message: string }
  | { readonly kind: 'retry'; readonly afterMs: number | undefined; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

/** @see https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);
export const longestRetryAfterMs = 60_000;

export function readOutcome(answer: Answer): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted', ...readBody(answer) };
  const message = `HTTP status ${status}`;
  if (retryable.has(status)) return { kind: 'retry', afterMs: readRetryAfter(answer), message };
  return { kind: 'refused', message };
}

/** Seconds, or a date. */
function readRetryAfter({ headers }: Answer): number | undefined {
  const text = headers.get('retry-after');
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs);
}

function readBody({ headers, body }: Answer): PartialSuccess {
  const isProtobuf = headers.get('content-type')?.startsWith('application/x-protobuf');
  return isProtobuf ? readPartialSuccess(body) : { rejectedSpans: 0, message: '' };
}

interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly message: string;
}

/**
 * ExportTraceServiceResponse:
 *
 *     0a len  ExportTracePartialSuccess
 *             08 rejected_spans   12 len error_message
 */
export function readPartialSuccess(body: Buffer): PartialSuccess {
  const partial = readField(body, 0x0a);
  if (!Buffer.isBuffer(partial)) return { rejectedSpans: 0, message: '' };
  const rejected = readField(partial, 0x08);
  const message = readField(partial, 0x12);
  return {
    rejectedSpans: typeof rejected === 'number' ? rejected : 0,
    message: Buffer.isBuffer(message) ? message.toString() : '',
  };
}

/** The field with this tag; undefined where there is none, or what stands before it is neither a varint nor a block. */
function readField(message: Buffer, tag: number): number | Buffer | undefined {
  let at = 0;
  while (at < message.length) {
    const found = message[at++] as number;
    let value = 0;
    for (let shift = 1; ; shift *= 0x80) {
      const byte = message[at++];
      if (byte === undefined) return undefined;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) break;
    }
    const isBlock = (found & 7) === 2;
    if (!isBlock && (found & 7) !== 0) return undefined;
    if (found === tag) return isBlock ? message.subarray(at, at + value) : value;
    if (isBlock) at += value;
  }
  return undefined;
}
