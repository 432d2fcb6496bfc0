import type { KeyValue } from '@sightline/wire';

/** What all of Jaeger's formats say of a span. Tags are OTLP's attributes already: both have the same types. */
export interface JaegerSpan {
  /** Where it stands in what was received: `batch.spans[3]`. */
  path: string;
  /** In hex. Not yet known to be good. */
  traceId: string;
  spanId: string;
  /** Empty or zeros where there is none. */
  parentSpanId: string;
  operationName: string;
  references: JaegerReference[];
  /** 1 sampled · 2 debug · 8 firehose */
  flags: number;
  startUnixNano: bigint;
  durationNano: bigint;
  tags: KeyValue[];
  logs: JaegerLog[];
  warnings: string[];
}

export interface JaegerReference {
  type: 'CHILD_OF' | 'FOLLOWS_FROM';
  traceId: string;
  spanId: string;
}

export interface JaegerLog {
  unixNano: bigint;
  fields: KeyValue[];
}

/** What sent the span. */
export interface JaegerProcess {
  serviceName: string;
  tags: KeyValue[];
}
