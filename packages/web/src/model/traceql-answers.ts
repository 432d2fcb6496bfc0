/** The answers of the API that have to do with TraceQL, as the contract has them; they move to wire with the API. */
import type { AnyValue, ErrorResponse, KeyValue, SearchStatus, TraceSummary } from '@sightline/wire';

export interface TraceqlForm {
  service?: string;
  name?: string;
  attribute?: string[];
  minDuration?: string;
  maxDuration?: string;
  status?: SearchStatus;
}

export interface TraceqlResponse {
  query: string;
  kind: 'search' | 'metrics';
  form?: TraceqlForm;
}

export interface MetricsResponse {
  startUnixNano: string;
  stepNano: string;
  series: MetricsSeries[];
}

export interface MetricsSeries {
  labels: KeyValue[];
  values: (number | null)[];
  exemplars?: { traceId: string; spanId?: string; timeUnixNano: string; value: number }[];
}

export interface GroupsResponse {
  groups: SpanGroup[];
  others: number;
}

export interface SpanGroup {
  value: AnyValue | null;
  spanCount: number;
  errorCount: number;
  ratePerSecond: number;
  p50Nano: string;
  p95Nano: string;
  p99Nano: string;
}

interface SearchProgress {
  searchedFromUnixNano: string;
  startUnixNano: string;
  endUnixNano: string;
}

export interface SearchEvents {
  progress: SearchProgress;
  traces: { traces: TraceSummary[] };
  done: { nextCursor?: string; warnings?: string[] };
  error: ErrorResponse;
}
