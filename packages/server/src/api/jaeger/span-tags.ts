/**
 * What a span of OTLP is in Jaeger's words. What OTLP has and Jaeger has not becomes tags, by the names that
 * OpenTelemetry's mapping to Jaeger gives them.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */
import {
  countTag,
  droppedTags,
  type InstrumentationScope,
  type KeyValue,
  type ResourceSpans,
  type Span,
  type SpanEvent,
  type SpanKindNumber,
  textTag,
} from '@sightline/wire';

/** By OTLP's number. */
export const jaegerKinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** @returns undefined for a text that is no kind */
export function kindNumber(text: string): SpanKindNumber | undefined {
  const kind = jaegerKinds.findIndex((name) => name !== '' && name === text.toLowerCase());
  return kind > 0 ? (kind as SpanKindNumber) : undefined;
}

export interface JaegerReference {
  type: 'CHILD_OF' | 'FOLLOWS_FROM';
  traceId: string;
  spanId: string;
}

/** The parent first, then the links. */
export function referencesOf({ traceId, parentSpanId, links = [] }: Span): JaegerReference[] {
  const parent: JaegerReference[] = parentSpanId ? [{ type: 'CHILD_OF', traceId, spanId: parentSpanId }] : [];
  const linked = links.map(
    (link): JaegerReference => ({
      type: isChildOf(link.attributes) ? 'CHILD_OF' : 'FOLLOWS_FROM',
      traceId: link.traceId,
      spanId: link.spanId,
    }),
  );
  return [...parent, ...linked];
}

function isChildOf(attributes: KeyValue[] = []): boolean {
  return attributes.some(({ key, value }) => key === 'opentracing.ref_type' && value.stringValue === 'child_of');
}

export function spanTags(span: Span, scope: InstrumentationScope | undefined): KeyValue[] {
  const code = span.status?.code ?? 0;
  return [
    ...textTag('otel.scope.name', scope?.name),
    ...textTag('otel.scope.version', scope?.version),
    ...(scope?.attributes ?? []),
    ...(span.attributes ?? []),
    ...textTag('span.kind', jaegerKinds[span.kind ?? 0]),
    ...textTag('otel.status_code', ['', 'OK', 'ERROR'][code]),
    ...(code === 2 ? [{ key: 'error', value: { boolValue: true } }] : []),
    ...textTag('otel.status_description', span.status?.message),
    ...textTag('w3c.tracestate', span.traceState),
    ...droppedTags(span),
    ...countTag('otel.dropped_events_count', span.droppedEventsCount),
    ...countTag('otel.dropped_links_count', span.droppedLinksCount),
  ];
}

export function logFields(event: SpanEvent): KeyValue[] {
  return [...textTag('event', event.name), ...(event.attributes ?? []), ...droppedTags(event)];
}

/** The upper bits are OTLP's own; Jaeger knows the eight of W3C. */
export function flagsOf({ flags = 0 }: Span): number {
  return flags & 0xff;
}

export function processOf({ resource }: ResourceSpans): { serviceName: string; tags: KeyValue[] } {
  const attributes = resource?.attributes ?? [];
  const name = attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
  return {
    serviceName: name ?? '(no service.name)',
    tags: attributes.filter(({ key }) => key !== 'service.name'),
  };
}
