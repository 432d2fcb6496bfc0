/** The JSON of the HTTP API that has to do with TraceQL. `docs/http-api.md` tells the same in prose. */
import type { SearchStatus } from './http-api.ts';
import type { AnyValue, KeyValue } from './otlp.ts';

/** The spans of a trace that a query selects, or those of them that belong to one group of `by(…)`. */
export interface SpanSet {
  /** What the spans were grouped by; absent where they were not. */
  attributes?: KeyValue[];
  matchedSpanCount: number;
  /** The first of them, by start: at most `spansPerSpanSet`. */
  spans: MatchedSpan[];
}

export interface MatchedSpan {
  spanId: string;
  parentSpanId?: string;
  serviceName: string;
  name: string;
  startUnixNano: string;
  durationNano: string;
  /** What the query names or selects of the span. */
  attributes?: KeyValue[];
}

/** `GET /api/v1/metrics?q&start&end&step&exemplars` */
export interface MetricsResponse {
  /** Of the first step: a multiple of `stepNano`. */
  startUnixNano: string;
  stepNano: string;
  series: MetricsSeries[];
}

export interface MetricsSeries {
  /** What the query groups by, as it is written there; `p` of a quantile, `__bucket` of a histogram. An empty value is nil. */
  labels: KeyValue[];
  /** One for each step, null where there is none; durations in seconds. */
  values: (number | null)[];
  exemplars?: { traceId: string; spanId?: string; timeUnixNano: string; value: number }[];
}

/** `GET /api/v1/groups?q&by&start&end&limit`, or with form fields in place of `q` */
export interface GroupsResponse {
  /** Most spans first. */
  groups: SpanGroup[];
  /** How many groups there are beyond the limit. */
  others: number;
}

export interface SpanGroup {
  /** Null for the spans that have none. */
  value: AnyValue | null;
  spanCount: number;
  errorCount: number;
  ratePerSecond: number;
  p50Nano: string;
  p95Nano: string;
  p99Nano: string;
}

/** `GET /api/v1/traceql?q`, or with form fields in place of `q` */
export interface TraceqlResponse {
  query: string;
  kind: 'search' | 'metrics';
  /** Where the query can be said in the fields of a form. */
  form?: TraceqlForm;
}

export interface TraceqlForm {
  service?: string;
  name?: string;
  attribute?: string[];
  minDuration?: string;
  maxDuration?: string;
  status?: SearchStatus;
}
