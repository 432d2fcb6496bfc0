/**
 * The JSON that crosses Sightline's own HTTP API, `/api/v1/…`. `docs/http-api.md` tells the
 * same in prose. Times are decimal strings of nanoseconds since 1970 (a JSON number would lose
 * digits); durations are nanoseconds as decimal strings too. Ids are lower-case hex.
 */
import type { SpanSet } from './http-api-traceql.ts';
import type { SpanKindNumber, TracesData } from './otlp.ts';

/** `GET /api/v1/services?start&end` */
export interface ServicesResponse {
  /** Sorted by name. */
  services: ServiceInfo[];
}

export interface ServiceInfo {
  name: string;
  /** Spans in the asked time range. */
  spanCount: number;
  errorCount: number;
  lastSeenUnixNano: string;
}

/** `GET /api/v1/services/{service}/span-names?start&end&prefix&limit` */
export interface SpanNamesResponse {
  /** Most frequent first. */
  spanNames: SpanNameInfo[];
}

export interface SpanNameInfo {
  name: string;
  kind: SpanKindNumber;
  spanCount: number;
}

/** `GET /api/v1/services/{service}/spans?olderThan`: how many they are; `DELETE`: how many were deleted, for good. */
export interface ServiceSpansResponse {
  spanCount: number;
}

/** Where an attribute stands: on the span, or on the resource (the process) that made it. */
export type AttributeScope = 'span' | 'resource';

/** All places where attributes stand, as TraceQL calls them. */
export type AttributePlace = AttributeScope | 'event' | 'link' | 'instrumentation';

export type AttributeType = 'string' | 'int' | 'double' | 'bool' | 'other';

/** `GET /api/v1/attributes?q&(the form fields of a search)&prefix&scope&start&end&limit` */
export interface AttributeKeysResponse {
  /** Most frequent first. */
  attributes: AttributeKeyInfo[];
  /** What was counted, where not all spans were. */
  sample?: SpanSample;
}

/** The newest spans: how many of them were looked at, and how far back. */
export interface SpanSample {
  spanCount: number;
  startUnixNano: string;
}

export interface AttributeKeyInfo {
  scope: AttributePlace;
  key: string;
  type: AttributeType;
  spanCount: number;
}

/** `GET /api/v1/attributes/values?(field | key&scope)&q&(the form fields of a search)&prefix&start&end&limit` */
export interface AttributeValuesResponse {
  /** Most frequent first. `value` is the text form, as a search takes it. */
  values: { value: string; type: AttributeType; spanCount: number }[];
  /** Of the spans that have a value. */
  sample: SpanSample;
}

export type TraceOrder = 'newest' | 'oldest' | 'longest' | 'shortest' | 'most-spans' | 'most-errors';
export type SearchStatus = 'error' | 'ok' | 'unset';

/**
 * `GET /api/v1/traces`, newest first: every trace with at least one span that fulfils all
 * conditions at once (the same span has the service, the name, the attributes, the duration and
 * the status).
 */
export interface SearchParameters {
  /** A query in TraceQL, in place of `service`, `name`, `attribute`, `minDuration`, `maxDuration` and `status`. */
  q?: string;
  /** How many spans of each spanset are answered with, for a search by `q`: 1 to 100, default 3. */
  spansPerSpanSet?: number;
  service?: string;
  /** Exact span name. */
  name?: string;
  /** `key=value`, repeatable; all must hold. Looks at span and resource attributes; a `resource.` or `span.` prefix narrows. */
  attribute?: string[];
  /** For example `250ms`, `1.5s`, `800us`, `2m`. */
  minDuration?: string;
  maxDuration?: string;
  status?: SearchStatus;
  /** RFC 3339, or nanoseconds since 1970; default: one hour ago. */
  start?: string;
  /** RFC 3339, or nanoseconds since 1970; default: now. */
  end?: string;
  /** 1 to 1,000; default 20. */
  limit?: number;
  order?: TraceOrder;
  /** From an earlier answer's `nextCursor`. */
  cursor?: string;
}

export interface SearchResponse {
  traces: TraceSummary[];
  /** Present when more traces match. */
  nextCursor?: string;
  /** Sentences for a person: what could not be looked at. Absent where everything was. */
  warnings?: string[];
}

export interface TraceSummary {
  traceId: string;
  /** The root span's, or those of the earliest span where the root has not arrived. */
  rootServiceName: string;
  rootSpanName: string;
  /** False while the trace has no span without a parent. */
  hasRoot: boolean;
  startUnixNano: string;
  /** From the earliest start to the latest end. */
  durationNano: string;
  spanCount: number;
  errorCount: number;
  /** Most spans first. */
  services: { name: string; spanCount: number; errorCount: number }[];
  /** How many spans fulfil the search's conditions. */
  matchedSpanCount: number;
  /** Of a search by `q`. */
  spanSets?: SpanSet[];
}

/** `GET /api/v1/traces/{traceId}` answers with OTLP JSON: `TracesData`. */

/** `GET /api/v1/whole-traces?traceId`, repeatable */
export interface WholeTracesResponse {
  /** As they were asked for, without those of which no span is stored. */
  traces: WholeTrace[];
}

export interface WholeTrace extends TracesData {
  traceId: string;
}

/**
 * `GET /api/v1/traces/{traceId}/explanation`: where the time of a trace went. Its times are on
 * one clock: where a server's clock contradicts the call that it answered, it has been moved.
 */
export interface ExplanationResponse {
  traceId: string;
  startUnixNano: string;
  /** From the earliest start to the latest end, on that clock. */
  durationNano: string;
  /** In time order, without overlap: at each moment, the span that the trace was waiting for. */
  criticalPath: CriticalPathSegment[];
  /** The span that holds most of the critical path by itself; absent where no span took any time. */
  blame?: Blame;
}

export interface CriticalPathSegment {
  spanId: string;
  startUnixNano: string;
  endUnixNano: string;
  /** Present where the span's clock was moved: subtract it to be in the times that the span itself reports. */
  clockShiftNano?: string;
}

export interface Blame {
  spanId: string;
  serviceName: string;
  spanName: string;
  /** How long the critical path stood in this span alone. */
  selfTimeNano: string;
  /** 0 to 1: `selfTimeNano` over the trace's duration. */
  share: number;
  /** Where many spans of this name hold the time together, and none of them alone: all of them, this one included. */
  repeated?: { spanCount: number; selfTimeNano: string; share: number };
  /** One sentence for a person. */
  text: string;
}

/** `GET /api/v1/status`: what this backend is, and where it listens. */
export interface StatusResponse {
  version: string;
  startedUnixNano: string;
  /** The addresses in use, by the names of the ready file: `http`, `otlpHttp`, … */
  addresses: Record<string, string>;
  spanCount: number;
  diskBytes: number;
  retention: RetentionStatus;
  /** Absent where nothing is received (`--role query`). */
  spool?: SpoolStatus;
  /** Why the store cannot be asked now; `spanCount` and `diskBytes` are 0 then. */
  storeProblem?: string;
}

export interface RetentionStatus {
  maxAgeSeconds: number;
  /** Of the services that have one of their own, by their names. */
  serviceMaxAgeSeconds?: Record<string, number>;
  maxDiskBytes: number;
}

/** What has been received, and waits on disk for the store. */
export interface SpoolStatus {
  /**
   * `full`: no room for what was refused last. `disk-low`: less than 5 % of the disk are left. In both, senders are
   * told to try again later; it ends by itself.
   */
  state: 'ok' | 'full' | 'disk-low';
  sizeBytes: number;
  maxBytes: number;
  segmentCount: number;
  /** When the oldest of it came, to within what fits into one segment; absent where nothing waits. */
  oldestUnixNano?: string;
  /** Requests and datagrams refused for it since the server's start. */
  refusedRequests: number;
  /** Of the disk that the spool is on; absent where the file system does not say. */
  diskFreeBytes?: number;
  diskTotalBytes?: number;
}

/** Every error of `/api/v1`. */
export interface ErrorResponse {
  error: {
    /** Stable, kebab-case: `invalid-duration`, `trace-not-found`, … */
    code: string;
    /** What happened, the offending value, and the way out. */
    message: string;
    /** The parameter or field at fault. */
    field?: string;
    /** Of an `invalid-query`: where in it, in UTF-16 units; `to` is behind the end. */
    from?: number;
    to?: number;
  };
}
