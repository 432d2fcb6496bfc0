/** How a gRPC call ends: a code, and a text where it is not `ok`, in the trailers. */
import type { OutgoingHttpHeaders } from 'node:http2';
import { writeRpcStatus } from '@sightline/wire';
import type { RejectReason } from '../metrics.ts';

/** @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const grpcCode = {
  ok: 0,
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

export type GrpcCode = (typeof grpcCode)[keyof typeof grpcCode];

export interface GrpcErrorDetails {
  /** To count the call by; without it, it is not counted as refused. */
  reason?: RejectReason;
  /** When the sender should try again, in whole seconds. */
  retryDelaySeconds?: number;
}

/** The message is for whoever called. */
export class GrpcError extends Error {
  readonly code: GrpcCode;
  readonly reason: RejectReason | undefined;
  readonly retryDelaySeconds: number | undefined;

  constructor(code: GrpcCode, message: string, { reason, retryDelaySeconds }: GrpcErrorDetails = {}) {
    super(message);
    this.name = 'GrpcError';
    this.code = code;
    this.reason = reason;
    this.retryDelaySeconds = retryDelaySeconds;
  }
}

/** Clients take 8 KiB of headers and no more; percent-encoded, a character may need nine bytes. */
const maxMessageLength = 800;

export function statusHeaders(error?: GrpcError): OutgoingHttpHeaders {
  if (!error) return { 'grpc-status': grpcCode.ok };
  const { code, retryDelaySeconds } = error;
  const message = error.message.slice(0, maxMessageLength);
  const headers = { 'grpc-status': code, 'grpc-message': percentEncoded(message) };
  if (retryDelaySeconds === undefined) return headers;
  const details = Buffer.from(writeRpcStatus({ code, message, retryDelaySeconds }));
  return { ...headers, 'grpc-status-details-bin': details.toString('base64') };
}

/** All but printable ASCII, and `%`, as the protocol asks. */
function percentEncoded(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
