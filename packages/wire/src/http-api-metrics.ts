/**
 * The JSON of `/api/v1` about many spans at once: metrics of services and span names, who calls whom, and where one
 * span stands among its like. `docs/http-api.md` tells the same in prose.
 *
 * Times are decimal strings of nanoseconds since 1970, as everywhere. Latencies (`…Nano` of a percentile, and all in
 * lists) are read off a histogram, within 3.2 %, and so are numbers: they have no digits to lose.
 */
import type { SpanKindNumber } from './otlp.ts';

/** `GET /api/v1/service-metrics?start&end&step&service` */
export interface ServiceMetricsResponse {
  /** Of the first step, which begins at a multiple of the step since 1970, at or before the asked start. */
  startUnixNano: string;
  /** How long one step is, in nanoseconds: whole minutes. All lists have one element per step. */
  stepNano: string;
  /** Most spans first. */
  entries: ServiceMetrics[];
  /** How many entries there are beyond the 1,000 of the answer. */
  others: number;
}

/**
 * Of one service: its entry spans, which are its spans of the kinds server and consumer; where it has none, those without a
 * parent in its own process; where it has neither, all. Of one of its span names, where a service was asked for: all
 * spans of that name and kind.
 */
export interface ServiceMetrics {
  service: string;
  /** Present, like `kind`, where a service was asked for. */
  name?: string;
  kind?: SpanKindNumber;
  spanCount: number;
  /** Spans with the status error. */
  errorCount: number;
  p50Nano: number;
  p95Nano: number;
  p99Nano: number;
  /** Spans that started in the step. */
  calls: number[];
  errors: number[];
  /** Null where no span started in the step. */
  p50s: (number | null)[];
  p95s: (number | null)[];
  p99s: (number | null)[];
}

/** `GET /api/v1/dependencies?start&end` */
export interface DependenciesResponse {
  /** What was looked at: the pieces of ten minutes that the asked range touches. */
  startUnixNano: string;
  endUnixNano: string;
  /** Services first, then the rest; by name. */
  nodes: DependencyNode[];
  /** Most calls first. */
  edges: DependencyEdge[];
  /** Sentences for a person: what could not be looked at. */
  warnings: string[];
}

/**
 * A `service` sent spans itself. The others are known only from the client spans of who called them: a `database` by
 * `db.system.name` and `db.namespace`, `messaging` by `messaging.system` and destination, an `external` host by `peer.service` or `server.address`.
 */
export type DependencyKind = 'service' | 'database' | 'messaging' | 'external';

export interface DependencyNode {
  /** Of a service its name; else what it is called by, for example `postgresql/orders`. Unique together with `kind`. */
  service: string;
  kind: DependencyKind;
  /** Of a service: the spans that entered it. Of the others: the calls to it. */
  spanCount: number;
  errorCount: number;
}

export interface DependencyEdge {
  /** A service. */
  parent: string;
  /** `service` of a node. */
  child: string;
  childKind: DependencyKind;
  /** How many spans of the child have a parent in `parent`; where the child is no service, how many client spans call it. */
  callCount: number;
  errorCount: number;
  /** Of these spans' durations. */
  p50Nano: number;
  p95Nano: number;
}

/** `GET /api/v1/traces/{traceId}/spans/{spanId}/standing`: among the spans of its service, name and kind. */
export interface StandingResponse {
  /** The 24 hours that are looked at: the last ones, or those around a span that started more than twelve hours ago. */
  startUnixNano: string;
  endUnixNano: string;
  /** The span itself included. */
  spanCount: number;
  errorCount: number;
  /** 0 to 1: the share of the other spans that took less time; 0 where there are no others. */
  slowerThan: number;
  p50Nano: number;
  p95Nano: number;
  p99Nano: number;
  /** Exact. */
  maxNano: number;
}
