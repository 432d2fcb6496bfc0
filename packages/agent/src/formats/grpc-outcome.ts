/**
 * What a gRPC answer means for the spans that were sent.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
import { ProtobufReader } from '@sightline/wire';
import type { Answer } from '../export/http-response.ts';
import { longestRetryAfterMs, type Outcome, readOutcome, readPartialSuccess } from '../export/outcome.ts';

const resourceExhausted = 8;
/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS. */
const retryable: ReadonlySet<number> = new Set([1, 4, 10, 11, 14, 15]);
const prefixBytes = 5;

export function readGrpcOutcome(answer: Answer): Outcome {
  const code = answer.headers.get('grpc-status');
  // No gRPC: a proxy, or a server of another kind. What is retryable is the same by HTTP's statuses.
  if (code === undefined) return answer.status === 200 ? refused('no gRPC status') : readOutcome(answer);
  if (code === '0') return { kind: 'accepted', ...readPartialSuccess(answer.body.subarray(prefixBytes)) };
  const message = messageOf(code, answer);
  const afterMs = readRetryDelayMs(answer);
  // Exhausted for good, unless it says when it will not be.
  const isRetryable = Number(code) === resourceExhausted ? afterMs !== undefined : retryable.has(Number(code));
  return isRetryable ? { kind: 'retry', afterMs, message } : refused(message);
}

function refused(message: string): Outcome {
  return { kind: 'refused', message };
}

function messageOf(code: string, { headers }: Answer): string {
  const text = headers.get('grpc-message') ?? '';
  return text === '' ? `gRPC status ${code}` : `gRPC status ${code}: ${percentDecoded(text)}`;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * In `grpc-status-details-bin`, base64:
 *
 *     google.rpc.Status   08 code   12 message   1a details*
 *     google.protobuf.Any   0a type_url   12 value
 *     google.rpc.RetryInfo   0a retry_delay
 *     google.protobuf.Duration   08 seconds   10 nanos
 */
function readRetryDelayMs({ headers }: Answer): number | undefined {
  const details = headers.get('grpc-status-details-bin');
  if (details === undefined) return undefined;
  try {
    return readStatus(Buffer.from(details, 'base64'));
  } catch {
    return undefined; // not what it says it is: then it does not say when
  }
}

function readStatus(status: Uint8Array): number | undefined {
  for (const detail of blocksOf(status, 3)) {
    const [type] = blocksOf(detail, 1);
    const [value] = blocksOf(detail, 2);
    if (type === undefined || !Buffer.from(type).toString().endsWith('/google.rpc.RetryInfo')) continue;
    const [delay] = blocksOf(value ?? Buffer.alloc(0), 1);
    return delay === undefined ? undefined : readDurationMs(delay);
  }
  return undefined;
}

function readDurationMs(duration: Uint8Array): number {
  const reader = new ProtobufReader(duration);
  let ms = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) ms += reader.varint() * 1_000;
    else if (tag === 0x10) ms += reader.varint() / 1e6;
    else reader.skip(tag);
  }
  return Math.min(Math.round(ms), longestRetryAfterMs);
}

/** The content of a field that has a length, each time that it is there. */
function blocksOf(message: Uint8Array, field: number): Uint8Array[] {
  const reader = new ProtobufReader(message);
  const blocks: Uint8Array[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== ((field << 3) | 2)) reader.skip(tag);
    else {
      const end = reader.delimited();
      blocks.push(message.subarray(reader.position, end));
      reader.position = end;
    }
  }
  return blocks;
}
