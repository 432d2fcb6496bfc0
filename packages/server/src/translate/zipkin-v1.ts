/**
 * Zipkin's v1 spans as v2 spans. A v1 span may have both halves of a call, told apart by the service that each
 * annotation was recorded by; here each half becomes a span of its own, with the same ids. Six annotations are
 * not events but a half's kind and times:
 *
 *                client   server   producer   consumer
 *   start        cs       sr       ms         wr, or else mr
 *   end          cr       ss       ws         mr, where there is a wr
 *
 * They are left out where the span's times say the same, and stay events where not. Binary annotations are tags,
 * with the types that they have; `sa`, `ca` and `ma` are the address of the other side, and an `lc` marks a span
 * that has none.
 *
 * @see https://github.com/openzipkin/zipkin-api/blob/master/thrift/zipkinCore.thrift
 */
import type { ZipkinBinaryAnnotation, ZipkinEndpoint, ZipkinSpan, ZipkinV1Span } from './zipkin-span.ts';
import { Halves } from './zipkin-v1-halves.ts';

/** Always one at least. */
export function spansOfV1(v1: ZipkinV1Span): ZipkinSpan[] {
  const halves = new Halves(v1);
  for (const annotation of v1.annotations) halves.annotate(annotation);
  halves.setTimes();
  for (const annotation of v1.binaryAnnotations) {
    if (isAddress(annotation)) halves.setRemote(annotation.key, annotation.endpoint);
    else halves.tag(annotation);
  }
  return halves.spans;
}

type AddressAnnotation = ZipkinBinaryAnnotation & { endpoint: ZipkinEndpoint };

function isAddress(annotation: ZipkinBinaryAnnotation): annotation is AddressAnnotation {
  const { key, value, endpoint } = annotation;
  if (!endpoint || !['sa', 'ca', 'ma'].includes(key)) return false;
  return value.boolValue === true || value.stringValue === 'true';
}
