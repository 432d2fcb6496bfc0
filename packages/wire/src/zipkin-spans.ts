/**
 * OTLP as Zipkin's spans of version 2, ready to be written as JSON.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/
 * @see https://zipkin.io/zipkin-api/#/default/post_spans
 */
import { jsonOfList, textOf } from './attribute-text.ts';
import type { InstrumentationScope, KeyValue, Span, SpanEvent, SpanLink, TracesData } from './otlp.ts';
import { droppedTags, durationMicrosOf, extraTags, microsOf, serviceNameOf } from './span-tags.ts';
import { type IpVersionOf, remoteEndpoint, type ZipkinEndpoint } from './zipkin-remote-endpoint.ts';

export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name: string;
  readonly kind?: string;
  /** Microseconds since 1970. */
  readonly timestamp: number;
  /** Microseconds, at least one. */
  readonly duration: number;
  readonly localEndpoint: ZipkinEndpoint;
  readonly remoteEndpoint?: ZipkinEndpoint;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
  readonly tags: Readonly<Record<string, string>>;
}

export function zipkinSpans({ resourceSpans }: TracesData, ipVersionOf: IpVersionOf): ZipkinSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => zipkinSpan(span, scope, resource?.attributes ?? [], ipVersionOf)),
    ),
  );
}

const kinds: readonly (string | undefined)[] = [undefined, undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

function zipkinSpan(
  span: Span,
  scope: InstrumentationScope | undefined,
  resource: readonly KeyValue[],
  ipVersionOf: IpVersionOf,
): ZipkinSpan {
  const kind = kinds[span.kind ?? 0];
  const tags = tagsOf(span, scope, resource);
  const remote = kind === 'CLIENT' || kind === 'PRODUCER' ? remoteEndpoint(tags, ipVersionOf) : undefined;
  return {
    traceId: span.traceId,
    id: span.spanId,
    ...(span.parentSpanId && { parentId: span.parentSpanId }),
    name: span.name,
    ...(kind && { kind }),
    timestamp: Number(microsOf(span.startTimeUnixNano)),
    duration: Math.max(1, Number(durationMicrosOf(span))), // as Zipkin's rules have it; 0 would be "not known"
    localEndpoint: { serviceName: serviceNameOf(resource) },
    ...(remote && { remoteEndpoint: remote }),
    ...(span.events && { annotations: span.events.map(annotationOf) }),
    tags: Object.fromEntries(tags),
  };
}

/** The resource's, since they would be lost; what the span says of itself wins. */
function tagsOf(
  span: Span,
  scope: InstrumentationScope | undefined,
  resource: readonly KeyValue[],
): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { key, value } of resource) if (key !== 'service.name') tags.set(key, textOf(value));
  for (const { key, value } of span.attributes ?? []) tags.set(key, textOf(value));
  for (const { key, value } of extraTags(span, scope)) tags.set(key, textOf(value));
  span.links?.forEach((link, index) => {
    tags.set(`otlp.link.${index}`, linkText(link));
  });
  setError(tags, span);
  return tags;
}

/** Zipkin takes any span with this tag for a failed one. */
function setError(tags: Map<string, string>, { status }: Span): void {
  if (status?.code === 2) tags.set('error', status.message ?? '');
  else if (tags.get('error') === 'false') tags.delete('error');
}

/** Zipkin has no links; this is how the OpenTelemetry Collector writes them. */
function linkText({ traceId, spanId, traceState, attributes, droppedAttributesCount }: SpanLink): string {
  return [traceId, spanId, traceState ?? '', jsonOfList(attributes ?? []), droppedAttributesCount ?? 0].join('|');
}

function annotationOf(event: SpanEvent): { timestamp: number; value: string } {
  const attributes = [...(event.attributes ?? []), ...droppedTags(event)];
  const value = attributes.length === 0 ? event.name : `${JSON.stringify(event.name)}: ${jsonOfList(attributes)}`;
  return { timestamp: Number(microsOf(event.timeUnixNano)), value };
}
