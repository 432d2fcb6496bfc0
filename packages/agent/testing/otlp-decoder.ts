import type { AnyValue, KeyValue, Span, TracesData } from '@sightline/wire';
import protobuf from 'protobufjs';
import { otlpSchema } from './otlp-schema.ts';

const tracesData = protobuf.Root.fromJSON(otlpSchema).lookupType('TracesData');

/** Decodes a request body; ids and byte values are base64 in it. */
export function decodeTraces(body: Uint8Array): TracesData {
  const message = tracesData.decode(body);
  return tracesData.toObject(message, { longs: String, bytes: String, arrays: true }) as TracesData;
}

/** What tests ask about a span, with its resource and scope. */
export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  /** Hex. */
  readonly traceId: string;
  /** Hex. */
  readonly spanId: string;
  /** Hex; empty on a root span. */
  readonly parentSpanId: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  /** All of OTLP's fields. */
  readonly otlp: Span;
}

export function receivedSpans(body: Uint8Array): ReceivedSpan[] {
  return decodeTraces(body).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((otlp) => ({
        name: otlp.name ?? '', // the decoder leaves empty fields out
        kind: otlp.kind ?? 0,
        traceId: toHex(otlp.traceId),
        spanId: toHex(otlp.spanId),
        parentSpanId: toHex(otlp.parentSpanId ?? ''),
        scope: scope?.name ?? '',
        attributes: toRecord(otlp.attributes ?? []),
        resource: toRecord(resource?.attributes ?? []),
        otlp,
      })),
    ),
  );
}

function toHex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

export function toRecord(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key = '', value }) => [key, toValue(value)]));
}

/** Integers become bigints, so that they differ from doubles. */
function toValue(value: AnyValue): unknown {
  if (value.intValue !== undefined) return BigInt(value.intValue);
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(toValue);
  if (value.kvlistValue !== undefined) return toRecord(value.kvlistValue.values);
  if (value.bytesValue !== undefined) return Buffer.from(value.bytesValue, 'base64');
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}
