import type { KeyValue, Resource, Span, TracesData } from './otlp.ts';
import type { TimedSpan } from './span-tree.ts';

export interface TracedSpan extends TimedSpan {
  span: Span;
  resource: Resource | undefined;
}

/** All spans of a trace, each with its service: OTLP groups them by the process and the library that made them. */
export function tracedSpans(trace: TracesData): TracedSpan[] {
  return trace.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const serviceName = serviceNameIn(resource?.attributes);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => tracedSpan(span, resource, serviceName)));
  });
}

/** The earliest first. */
export function byStart(a: TimedSpan, b: TimedSpan): number {
  return a.startUnixNano < b.startUnixNano ? -1 : a.startUnixNano > b.startUnixNano ? 1 : 0;
}

function serviceNameIn(attributes: readonly KeyValue[] = []): string {
  return attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '(no service.name)';
}

function tracedSpan(span: Span, resource: Resource | undefined, serviceName: string): TracedSpan {
  return {
    span,
    resource,
    spanId: span.spanId,
    ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
    serviceName,
    kind: span.kind ?? 0,
    startUnixNano: BigInt(span.startTimeUnixNano),
    endUnixNano: BigInt(span.endTimeUnixNano),
  };
}
