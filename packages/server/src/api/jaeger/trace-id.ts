import { InvalidParameter } from '../../query/invalid-parameter.ts';
import { NotFound } from '../failure.ts';

/**
 * Up to 32 hex digits, because Jaeger leaves leading zeros out; or 16 bytes in base64, with or without its padding, in
 * either alphabet, as protobuf's JSON writes them.
 * @returns 32 hex digits
 * @throws InvalidParameter
 */
export function parseJaegerTraceId(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  if (/^[\w+/-]{22}(==)?$/.test(text)) return Buffer.from(text, 'base64').toString('hex');
  throw new InvalidParameter(
    'invalid-trace-id',
    'traceID',
    `${JSON.stringify(text)} is not a trace id: give hex digits.`,
  );
}

/** In Jaeger's words, which its clients look for. */
export function jaegerTraceNotFound(): NotFound {
  return new NotFound('trace-not-found', 'traceID', 'trace not found');
}
