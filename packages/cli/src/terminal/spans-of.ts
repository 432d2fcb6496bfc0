import type { Span, TracesData } from '@sightline/wire';

export interface SpanOfService {
  span: Span;
  serviceName: string;
}

/** All spans of a trace, each with its service: OTLP groups them by the process and the library that made them. */
export function spansOf(trace: TracesData): SpanOfService[] {
  return trace.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const serviceName = resource?.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '?';
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ span, serviceName })));
  });
}
