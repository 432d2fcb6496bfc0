/** The JSON of the HTTP API that has to do with TraceQL. `docs/http-api.md` tells the same in prose. */
import type { KeyValue } from './otlp.ts';

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
