/**
 * Zipkin's spans of either version, whatever they were encoded in, before they become OTLP. A v1 span is turned
 * into v2 spans by `zipkin-v1.ts` on its way.
 *
 * @see https://zipkin.io/zipkin-api/
 */
import type { AnyValue, SpanKindNumber } from '@sightline/wire';

/** What spans of v1 and v2 have in common. */
export interface ZipkinSpanBase {
  /** Where it stood in the request, in words that its sender knows: `[3]`, `spans[3]`. */
  path: string;
  /** Ids as they came: hex digits, if the sender kept to the rules; '' when absent. */
  traceId: string;
  id: string;
  parentId: string;
  name: string;
  /** 0n when absent: Zipkin calls a zero invalid, and reads it as nothing. */
  startUnixNano: bigint;
  /** 0n when absent, as above. */
  durationNano: bigint;
  annotations: ZipkinAnnotation[];
  isDebug: boolean;
}

export interface ZipkinSpan extends ZipkinSpanBase {
  /** OTLP's numbers. */
  kind: SpanKindNumber;
  /** Who recorded the span. */
  local?: ZipkinEndpoint;
  /** The other side of the connection. */
  remote?: ZipkinEndpoint;
  tags: Map<string, AnyValue>;
  /** This is one side of a span whose id another host has given: the server's half of a call. */
  isShared: boolean;
}

/** v1 has no kind and no tags: both are told by annotations, each of which says who recorded it. */
export interface ZipkinV1Span extends ZipkinSpanBase {
  annotations: ZipkinV1Annotation[];
  binaryAnnotations: ZipkinBinaryAnnotation[];
}

export interface ZipkinAnnotation {
  unixNano: bigint;
  value: string;
}

export interface ZipkinV1Annotation extends ZipkinAnnotation {
  /** Who recorded it. */
  endpoint?: ZipkinEndpoint;
}

export interface ZipkinBinaryAnnotation {
  key: string;
  value: AnyValue;
  endpoint?: ZipkinEndpoint;
}

/** Texts are '' and the port 0 when absent. */
export interface ZipkinEndpoint {
  serviceName: string;
  ipv4: string;
  ipv6: string;
  port: number;
}

export function emptyBase(path: string): ZipkinSpanBase {
  return {
    path,
    traceId: '',
    id: '',
    parentId: '',
    name: '',
    startUnixNano: 0n,
    durationNano: 0n,
    annotations: [],
    isDebug: false,
  };
}

export function emptySpan(path: string): ZipkinSpan {
  return Object.assign(emptyBase(path), { kind: 0 as const, tags: new Map(), isShared: false });
}

export function emptyEndpoint(): ZipkinEndpoint {
  return { serviceName: '', ipv4: '', ipv6: '', port: 0 };
}
