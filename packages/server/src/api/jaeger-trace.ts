/**
 * A trace in the JSON of Jaeger's UI and its legacy API. What OTLP has and Jaeger has not becomes tags, by the
 * names that OpenTelemetry's mapping to Jaeger gives them.
 *
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/
 */
import type {
  AnyValue,
  InstrumentationScope,
  KeyValue,
  ResourceSpans,
  Span,
  SpanEvent,
  TracesData,
} from '@sightline/wire';

export interface JaegerTrace {
  traceID: string;
  spans: JaegerSpan[];
  processes: Record<string, JaegerProcess>;
  warnings: null;
}

interface JaegerSpan {
  traceID: string;
  spanID: string;
  flags?: number;
  operationName: string;
  references: { refType: 'CHILD_OF' | 'FOLLOWS_FROM'; traceID: string; spanID: string }[];
  /** Microseconds since 1970. */
  startTime: number;
  /** Microseconds. */
  duration: number;
  tags: JaegerTag[];
  logs: { timestamp: number; fields: JaegerTag[] }[];
  processID: string;
  warnings: null;
}

interface JaegerProcess {
  serviceName: string;
  tags: JaegerTag[];
}

interface JaegerTag {
  key: string;
  type: 'string' | 'bool' | 'int64' | 'float64' | 'binary';
  value: string | boolean | number;
}

export const jaegerKinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

export function jaegerTrace(traceId: string, trace: TracesData): JaegerTrace {
  const processes: Record<string, JaegerProcess> = {};
  const spans: JaegerSpan[] = [];
  for (const [index, resourceSpans] of trace.resourceSpans.entries()) {
    const processId = `p${index + 1}`;
    processes[processId] = jaegerProcess(resourceSpans);
    for (const { scope, spans: ofScope } of resourceSpans.scopeSpans) {
      for (const span of ofScope) spans.push(jaegerSpan(span, scope, processId));
    }
  }
  spans.sort((a, b) => a.startTime - b.startTime);
  return { traceID: traceId, spans, processes, warnings: null };
}

function jaegerProcess({ resource }: ResourceSpans): JaegerProcess {
  const attributes = resource?.attributes ?? [];
  const name = attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
  return {
    serviceName: name ?? '(no service.name)',
    tags: attributes.filter(({ key }) => key !== 'service.name').map(tagOf),
  };
}

function jaegerSpan(span: Span, scope: InstrumentationScope | undefined, processID: string): JaegerSpan {
  const durationNano = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
  // The upper bits are OTLP's own; Jaeger knows the eight of W3C.
  const flags = (span.flags ?? 0) & 0xff;
  return {
    traceID: span.traceId,
    spanID: span.spanId,
    ...(flags === 0 ? {} : { flags }),
    operationName: span.name,
    references: referencesOf(span),
    startTime: microseconds(span.startTimeUnixNano),
    duration: durationNano > 0n ? Number(durationNano / 1000n) : 0,
    tags: spanTags(span, scope),
    logs: (span.events ?? []).map(logOf),
    processID,
    warnings: null,
  };
}

function referencesOf(span: Span): JaegerSpan['references'] {
  const parent = span.parentSpanId
    ? [{ refType: 'CHILD_OF' as const, traceID: span.traceId, spanID: span.parentSpanId }]
    : [];
  const links = (span.links ?? []).map((link) => ({
    refType: isChildOf(link.attributes) ? ('CHILD_OF' as const) : ('FOLLOWS_FROM' as const),
    traceID: link.traceId,
    spanID: link.spanId,
  }));
  return [...parent, ...links];
}

function isChildOf(attributes: KeyValue[] | undefined): boolean {
  return (
    attributes?.some(({ key, value }) => key === 'opentracing.ref_type' && value.stringValue === 'child_of') ?? false
  );
}

function spanTags(span: Span, scope: InstrumentationScope | undefined): JaegerTag[] {
  const kind = jaegerKinds[span.kind ?? 0];
  const code = span.status?.code ?? 0;
  return [
    ...textTag('otel.scope.name', scope?.name),
    ...textTag('otel.scope.version', scope?.version),
    ...(span.attributes ?? []).map(tagOf),
    ...textTag('span.kind', kind),
    ...textTag('otel.status_code', ['', 'OK', 'ERROR'][code]),
    ...(code === 2 ? [{ key: 'error', type: 'bool' as const, value: true }] : []),
    ...textTag('otel.status_description', span.status?.message),
    ...textTag('w3c.tracestate', span.traceState),
    ...countTag('otel.dropped_attributes_count', span.droppedAttributesCount),
    ...countTag('otel.dropped_events_count', span.droppedEventsCount),
    ...countTag('otel.dropped_links_count', span.droppedLinksCount),
  ];
}

function textTag(key: string, value: string | undefined): JaegerTag[] {
  return value ? [{ key, type: 'string', value }] : [];
}

function countTag(key: string, value: number | undefined): JaegerTag[] {
  return value ? [{ key, type: 'int64', value }] : [];
}

function logOf(event: SpanEvent): JaegerSpan['logs'][number] {
  return {
    timestamp: microseconds(event.timeUnixNano),
    fields: [
      ...textTag('event', event.name),
      ...(event.attributes ?? []).map(tagOf),
      ...countTag('otel.dropped_attributes_count', event.droppedAttributesCount),
    ],
  };
}

function tagOf({ key, value }: KeyValue): JaegerTag {
  if (value.boolValue !== undefined) return { key, type: 'bool', value: value.boolValue };
  if (value.intValue !== undefined) return { key, type: 'int64', value: safeInteger(value.intValue) };
  if (value.doubleValue !== undefined) return { key, type: 'float64', value: value.doubleValue };
  if (value.bytesValue !== undefined) return { key, type: 'binary', value: value.bytesValue };
  return { key, type: 'string', value: value.stringValue ?? plainJson(value) };
}

/** As Jaeger does: a number where JavaScript can hold it, else its digits. */
function safeInteger(digits: string): number | string {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : digits;
}

/** An array or a map as plain JSON; nothing as an empty text. */
function plainJson(value: AnyValue): string {
  if (value.arrayValue) return `[${value.arrayValue.values.map(plainElement).join(',')}]`;
  if (!value.kvlistValue) return '';
  const members = value.kvlistValue.values.map(
    (member) => `${JSON.stringify(member.key)}:${plainElement(member.value)}`,
  );
  return `{${members.join(',')}}`;
}

function plainElement(value: AnyValue): string {
  if (value.intValue !== undefined) return value.intValue;
  const scalar = value.stringValue ?? value.boolValue ?? value.doubleValue ?? value.bytesValue;
  return scalar === undefined ? plainJson(value) || 'null' : JSON.stringify(scalar);
}

function microseconds(unixNano: string): number {
  return Number(BigInt(unixNano) / 1000n);
}
