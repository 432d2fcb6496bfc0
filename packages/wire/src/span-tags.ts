/**
 * What OpenTelemetry's spans have and the spans of Zipkin and Jaeger have not, as attributes.
 *
 * @see https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/
 */
import type { InstrumentationScope, KeyValue, Span } from './otlp.ts';

/** Without the status's description, which goes by another name in each of the two. */
export function extraTags(span: Span, scope: InstrumentationScope | undefined): KeyValue[] {
  const statusCode = span.status?.code ?? 0;
  return [
    ...textTag('otel.scope.name', scope?.name),
    ...textTag('otel.scope.version', scope?.version),
    // Deprecated, but to be sent all the same.
    ...textTag('otel.library.name', scope?.name),
    ...textTag('otel.library.version', scope?.version),
    ...(scope?.attributes ?? []),
    ...textTag('w3c.tracestate', span.traceState),
    ...textTag('otel.status_code', statusCode === 0 ? undefined : statusCode === 2 ? 'ERROR' : 'OK'),
    ...droppedTags(span),
    ...countTag('otel.dropped_events_count', span.droppedEventsCount),
    ...countTag('otel.dropped_links_count', span.droppedLinksCount),
  ];
}

/** Of a span or one of its parts. */
export function droppedTags({ droppedAttributesCount }: { readonly droppedAttributesCount?: number }): KeyValue[] {
  return countTag('otel.dropped_attributes_count', droppedAttributesCount);
}

/** None for a text that is empty or not there. */
export function textTag(key: string, text: string | undefined): KeyValue[] {
  return text ? [{ key, value: { stringValue: text } }] : [];
}

export function countTag(key: string, count: number | undefined): KeyValue[] {
  return count ? [{ key, value: { intValue: String(count) } }] : [];
}

const defaultServiceName = 'unknown_service';

/** Of a resource's attributes. */
export function serviceNameOf(attributes: readonly KeyValue[]): string {
  const found = attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
  return found || defaultServiceName;
}

/** Whole microseconds: what both count in. */
export function microsOf(unixNano: string): bigint {
  return BigInt(unixNano) / 1_000n;
}

export function durationMicrosOf({ startTimeUnixNano, endTimeUnixNano }: Span): bigint {
  const nanos = BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano);
  return nanos > 0n ? nanos / 1_000n : 0n;
}
