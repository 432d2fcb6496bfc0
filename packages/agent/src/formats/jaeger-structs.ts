/**
 * OTLP's spans as Jaeger's structs.
 *
 * @see https://github.com/jaegertracing/jaeger-idl/blob/main/thrift/jaeger.thrift the fields and their numbers
 * @see https://github.com/open-telemetry/opentelemetry-specification/blob/v1.20.0/specification/trace/sdk_exporters/jaeger.md
 */
import {
  type AnyValue,
  droppedTags,
  durationMicrosOf,
  extraTags,
  type InstrumentationScope,
  type KeyValue,
  microsOf,
  type Resource,
  type Span,
  type SpanEvent,
  type SpanLink,
  serviceNameOf,
  textOf,
  textTag,
} from '@sightline/wire';
import type { ThriftCompactWriter } from './thrift-compact-writer.ts';

export function jaegerProcess(writer: ThriftCompactWriter, resource: Resource | undefined): void {
  const attributes = resource?.attributes ?? [];
  writer.beginStruct();
  writer.text(1, serviceNameOf(attributes));
  writeTags(
    writer,
    2,
    attributes.filter(({ key }) => key !== 'service.name'),
  );
  writer.endStruct();
}

/** Jaeger's flag for a span that was sampled: others do not come here. */
const sampled = 1;

export function jaegerSpan(writer: ThriftCompactWriter, span: Span, scope: InstrumentationScope | undefined): void {
  writer.beginStruct();
  writer.i64(1, idOf(span.traceId.slice(16)));
  writer.i64(2, idOf(span.traceId.slice(0, 16)));
  writer.i64(3, idOf(span.spanId));
  writer.i64(4, idOf(span.parentSpanId ?? '0'));
  writer.text(5, span.name);
  if (span.links) writeReferences(writer, 6, span.links);
  writer.i32(7, sampled);
  writer.i64(8, microsOf(span.startTimeUnixNano));
  writer.i64(9, durationMicrosOf(span));
  writeTags(writer, 10, tagsOf(span, scope));
  if (span.events) writeLogs(writer, 11, span.events);
  writer.endStruct();
}

/** 64 bits in hex as Thrift has them: signed. */
function idOf(hex: string): bigint {
  return BigInt.asIntN(64, BigInt(`0x${hex}`));
}

const kinds: readonly (string | undefined)[] = [undefined, undefined, 'server', 'client', 'producer', 'consumer'];

function tagsOf(span: Span, scope: InstrumentationScope | undefined): KeyValue[] {
  const hasFailed = span.status?.code === 2;
  const attributes = span.attributes ?? [];
  return [
    ...(hasFailed ? attributes.filter(({ key }) => key !== 'error') : attributes),
    ...textTag('span.kind', kinds[span.kind ?? 0]),
    ...extraTags(span, scope),
    ...textTag('otel.status_description', span.status?.message),
    ...(hasFailed ? [{ key: 'error', value: { boolValue: true } }] : []),
  ];
}

function writeTags(writer: ThriftCompactWriter, field: number, tags: readonly KeyValue[]): void {
  writer.structs(field, tags.length);
  for (const { key, value } of tags) {
    writer.beginStruct();
    writer.text(1, key);
    writeValue(writer, value);
    writer.endStruct();
  }
}

/** The type's number in field 2, the value in the type's own field. What Jaeger has no type for is a text. */
function writeValue(writer: ThriftCompactWriter, value: AnyValue): void {
  if (value.doubleValue !== undefined) {
    writer.i32(2, 1);
    writer.double(4, Number(value.doubleValue));
  } else if (value.boolValue !== undefined) {
    writer.i32(2, 2);
    writer.bool(5, value.boolValue);
  } else if (value.intValue !== undefined) {
    writer.i32(2, 3);
    writer.i64(6, BigInt(value.intValue));
  } else if (value.bytesValue !== undefined) {
    writer.i32(2, 4);
    writer.binary(7, Buffer.from(value.bytesValue, 'base64'));
  } else {
    writer.i32(2, 0);
    writer.text(3, textOf(value));
  }
}

/** Their attributes have no place, but for the one that says that a link is a parent. */
function writeReferences(writer: ThriftCompactWriter, field: number, links: readonly SpanLink[]): void {
  writer.structs(field, links.length);
  for (const { traceId, spanId, attributes = [] } of links) {
    writer.beginStruct();
    writer.i32(1, attributes.some(isChildOf) ? 0 : 1);
    writer.i64(2, idOf(traceId.slice(16)));
    writer.i64(3, idOf(traceId.slice(0, 16)));
    writer.i64(4, idOf(spanId));
    writer.endStruct();
  }
}

function isChildOf({ key, value }: KeyValue): boolean {
  return key === 'opentracing.ref_type' && value.stringValue === 'child_of';
}

function writeLogs(writer: ThriftCompactWriter, field: number, events: readonly SpanEvent[]): void {
  writer.structs(field, events.length);
  for (const event of events) {
    writer.beginStruct();
    writer.i64(1, microsOf(event.timeUnixNano));
    writeTags(writer, 2, fieldsOf(event));
    writer.endStruct();
  }
}

function fieldsOf(event: SpanEvent): KeyValue[] {
  const attributes = event.attributes ?? [];
  const name = attributes.some(({ key }) => key === 'event') ? undefined : event.name;
  return [...textTag('event', name), ...attributes, ...droppedTags(event)];
}
