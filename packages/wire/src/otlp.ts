/**
 * OTLP traces in their JSON form, as the OpenTelemetry protocol defines it: ids in
 * lower-case hex, 64-bit integers as decimal strings, bytes in base64, enums as numbers.
 * Field names are the protocol's; every field of the protocol is here, so that what came
 * in can go out.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */

/** One value of an attribute. No member set means OTLP's empty value. */
export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  /** Decimal, −2⁶³ to 2⁶³−1. */
  intValue?: string;
  /** Finite, or the strings `"NaN"`, `"Infinity"`, `"-Infinity"` (protobuf's JSON mapping). */
  doubleValue?: number | 'NaN' | 'Infinity' | '-Infinity';
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: KeyValue[] };
  /** Base64. */
  bytesValue?: string;
}

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export interface Resource {
  attributes: KeyValue[];
  droppedAttributesCount?: number;
}

export interface InstrumentationScope {
  name?: string;
  version?: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
}

export interface SpanEvent {
  /** Nanoseconds since 1970-01-01T00:00:00Z, decimal. */
  timeUnixNano: string;
  name: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  traceState?: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  flags?: number;
}

/** 0 unspecified · 1 internal · 2 server · 3 client · 4 producer · 5 consumer */
export type SpanKindNumber = 0 | 1 | 2 | 3 | 4 | 5;

/** 0 unset · 1 ok · 2 error */
export type StatusCodeNumber = 0 | 1 | 2;

export interface Span {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  traceState?: string;
  /** 16 hex digits; absent on a root span. */
  parentSpanId?: string;
  flags?: number;
  name: string;
  kind?: SpanKindNumber;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  droppedAttributesCount?: number;
  events?: SpanEvent[];
  droppedEventsCount?: number;
  links?: SpanLink[];
  droppedLinksCount?: number;
  status?: { message?: string; code?: StatusCodeNumber };
}

export interface ScopeSpans {
  scope?: InstrumentationScope;
  spans: Span[];
  schemaUrl?: string;
}

export interface ResourceSpans {
  resource?: Resource;
  scopeSpans: ScopeSpans[];
  schemaUrl?: string;
}

/** The body of `ExportTraceServiceRequest`, and of a trace that the HTTP API returns. */
export interface TracesData {
  resourceSpans: ResourceSpans[];
}

/** The body of `ExportTraceServiceResponse`. */
export interface ExportTraceResponse {
  partialSuccess?: { rejectedSpans?: string; errorMessage?: string };
}
