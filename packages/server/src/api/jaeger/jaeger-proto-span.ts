/** A span as Jaeger's gRPC API tells it: `jaeger.api_v2.Span`. */
import { type InstrumentationScope, type KeyValue, type ResourceSpans, type Span, textOf } from '@sightline/wire';

import type { ProtoKeyValue, ProtoSpan } from '../../translate/jaeger-proto.ts';
import { protoTimeOf } from '../../translate/protobuf-time.ts';
import { flagsOf, logFields, processOf, referencesOf, spanTags } from './span-tags.ts';

/** Of all resources and scopes, each span with its process. */
export function protoSpans(resourceSpans: readonly ResourceSpans[]): ProtoSpan[] {
  return resourceSpans.flatMap((ofResource) => {
    const { serviceName, tags } = processOf(ofResource);
    const process = { serviceName, tags: tags.map(protoTag) };
    return ofResource.scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => protoSpan(span, scope, process)));
  });
}

function protoSpan(
  span: Span,
  scope: InstrumentationScope | undefined,
  process: NonNullable<ProtoSpan['process']>,
): ProtoSpan {
  const start = BigInt(span.startTimeUnixNano);
  const end = BigInt(span.endTimeUnixNano);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    operationName: span.name,
    references: referencesOf(span).map(({ type, ...ids }) => ({ ...ids, refType: type === 'CHILD_OF' ? 0 : 1 })),
    flags: flagsOf(span),
    startTime: protoTimeOf(start),
    duration: protoTimeOf(end > start ? end - start : 0n),
    tags: spanTags(span, scope).map(protoTag),
    logs: (span.events ?? []).map((event) => ({
      timestamp: protoTimeOf(BigInt(event.timeUnixNano)),
      fields: logFields(event).map(protoTag),
    })),
    process,
  };
}

function protoTag({ key, value }: KeyValue): ProtoKeyValue {
  if (value.boolValue !== undefined) return { key, vType: 1, vBool: value.boolValue };
  if (value.intValue !== undefined) return { key, vType: 2, vInt64: value.intValue };
  if (value.doubleValue !== undefined) return { key, vType: 3, vFloat64: value.doubleValue };
  if (value.bytesValue !== undefined) return { key, vType: 4, vBinary: value.bytesValue };
  return { key, vType: 0, vStr: textOf(value) };
}
