/**
 * One span as OTLP has it inside a ScopeSpans message, its tag and length included:
 *
 *     12 len  0a 10 trace id  12 08 span id  [1a trace state]  [22 08 parent span id]  2a name  30 kind
 *             39 start (8 bytes)  41 end (8 bytes)  [4a attribute]…  [50 dropped]  [5a event]…  [60 dropped]
 *             [6a link]…  [70 dropped]  [7a status]  85 01 flags (4 bytes)
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */
import { writeUnixNano } from '../tracer/clock.ts';
import type { Span, SpanEvent, SpanLink } from '../tracer/span.ts';
import { writeAttributes } from './attribute-encoder.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** Ids, times, kind and flags with their tags, and the lengths of what follows: never more than this. */
const fixedPartBytes = 96;

/** OTLP's link flags: "whether it is remote is known", and "it is". */
const hasIsRemoteFlag = 0x100;
const isRemoteFlag = 0x200;

export function writeSpan(writer: ProtoWriter, span: Span): void {
  const mark = writer.open(0x12, 2);
  writeIdentity(writer, span);
  writer.byte(0x2a);
  writer.text(span.name);
  writeKindAndTimes(writer, span);
  writeAttributes(writer, 0x4a, span.attributes);
  writeCount(writer, 0x50, span.droppedAttributes);
  if (span.events !== undefined) writeEvents(writer, span.events);
  writeCount(writer, 0x60, span.droppedEvents);
  if (span.links !== undefined) writeLinks(writer, span.links);
  writeCount(writer, 0x70, span.droppedLinks);
  if (span.statusCode !== 0) writeStatus(writer, span);
  writer.reserve(6);
  writer.byte(0x85);
  writer.byte(0x01);
  writer.fixed32(span.otlpFlags());
  writer.close(mark, 2);
}

function writeIdentity(writer: ProtoWriter, span: Span): void {
  const { identity } = span;
  writeIds(writer, identity);
  if (identity.traceState !== '') {
    writer.reserve(1);
    writer.byte(0x1a);
    writer.text(identity.traceState);
  }
  writer.reserve(fixedPartBytes);
  if ((span.parentIdHigh | span.parentIdLow) === 0) return;
  writer.byte(0x22);
  writer.byte(8);
  writer.word(span.parentIdHigh);
  writer.word(span.parentIdLow);
}

function writeIds(writer: ProtoWriter, identity: Span['identity']): void {
  const { traceId } = identity;
  writer.reserve(fixedPartBytes);
  writer.byte(0x0a);
  writer.byte(16);
  writer.word(traceId.a);
  writer.word(traceId.b);
  writer.word(traceId.c);
  writer.word(traceId.d);
  writer.byte(0x12);
  writer.byte(8);
  writer.word(identity.idHigh);
  writer.word(identity.idLow);
}

function writeKindAndTimes(writer: ProtoWriter, span: Span): void {
  writer.reserve(fixedPartBytes);
  writer.byte(0x30);
  writer.byte(span.kind);
  writeTime(writer, 0x39, span.startSeconds, span.startNanos);
  writeTime(writer, 0x41, span.endSeconds, span.endNanos);
}

function writeTime(writer: ProtoWriter, tag: number, seconds: number, nanos: number): void {
  writer.byte(tag);
  writeUnixNano(writer.bytes, writer.at, seconds, nanos);
  writer.at += 8;
}

function writeCount(writer: ProtoWriter, tag: number, count: number): void {
  if (count === 0) return;
  writer.reserve(11);
  writer.byte(tag);
  writer.varint(count);
}

function writeEvents(writer: ProtoWriter, events: readonly SpanEvent[]): void {
  for (let i = 0; i < events.length; i++) writeEvent(writer, events[i] as SpanEvent);
}

function writeEvent(writer: ProtoWriter, event: SpanEvent): void {
  const mark = writer.open(0x5a, 2);
  writer.reserve(10);
  writeTime(writer, 0x09, event.seconds, event.nanos);
  writer.byte(0x12);
  writer.text(event.name);
  writeAttributes(writer, 0x1a, event.attributes);
  writeCount(writer, 0x20, event.droppedAttributes);
  writer.close(mark, 2);
}

function writeLinks(writer: ProtoWriter, links: readonly SpanLink[]): void {
  for (let i = 0; i < links.length; i++) writeLink(writer, links[i] as SpanLink);
}

function writeLink(writer: ProtoWriter, { span, attributes, droppedAttributes }: SpanLink): void {
  const mark = writer.open(0x6a, 1);
  writeIds(writer, span);
  if (span.traceState !== '') {
    writer.byte(0x1a);
    writer.text(span.traceState);
  }
  writeAttributes(writer, 0x22, attributes);
  writeCount(writer, 0x28, droppedAttributes);
  writer.reserve(5);
  writer.byte(0x35);
  writer.fixed32(span.flags | hasIsRemoteFlag | (span.isRemote ? isRemoteFlag : 0));
  writer.close(mark, 1);
}

function writeStatus(writer: ProtoWriter, span: Span): void {
  const mark = writer.open(0x7a, 1);
  if (span.statusMessage !== '') {
    writer.reserve(1);
    writer.byte(0x12);
    writer.text(span.statusMessage);
  }
  writer.reserve(2);
  writer.byte(0x18);
  writer.byte(span.statusCode);
  writer.close(mark, 1);
}
