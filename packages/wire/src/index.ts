export type * from './agent-report.ts';
export { formatAgentReport } from './agent-report-text.ts';
export { textOf } from './attribute-text.ts';
export { base64Of, bytesOfBase64, hexOf, utf8Of } from './binary-text.ts';
export { DecodeError } from './decode-error.ts';
export { ForwardWriter } from './forward-writer.ts';
export type * from './http-api.ts';
export type * from './http-api-metrics.ts';
export type * from './http-api-traceql.ts';
export { type JsonKind, JsonReader } from './json-reader.ts';
export type * from './otlp.ts';
export { checkTraces, type TracesCheck } from './otlp-check.ts';
export {
  type EnumType,
  exportTraceRequest,
  exportTraceResponse,
  type Field,
  type FieldType,
  field,
  type Message,
  maxDepth,
  message,
  rpcStatus,
  textMapEntry,
  tracesData,
} from './otlp-fields.ts';
export { readTracesJson } from './otlp-json.ts';
export { readProtobuf, readTraces } from './otlp-read.ts';
export { writeExportTraceResponse, writeProtobuf, writeRpcStatus, writeTraces } from './otlp-write.ts';
export { ProtobufReader } from './protobuf-reader.ts';
export { spanRefusal } from './span-refusal.ts';
export { countTag, droppedTags, durationMicrosOf, extraTags, microsOf, serviceNameOf, textTag } from './span-tags.ts';
export { buildSpanTree, type SpanTree, spanRows, type TimedSpan } from './span-tree.ts';
export type { DurationNano, UnixNano } from './time.ts';
export { formatDuration, formatShare, parseDuration } from './time.ts';
export { byStart, type TracedSpan, tracedSpans } from './traced-spans.ts';
export { type ZipkinSpan, zipkinSpans } from './zipkin-spans.ts';
