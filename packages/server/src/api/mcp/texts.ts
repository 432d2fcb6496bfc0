/** Answers of the API as lines of text. */
import {
  type AttributeKeyInfo,
  type ExplanationResponse,
  formatDuration,
  type SearchResponse,
  type ServiceInfo,
  type TracedSpan,
  type TraceSummary,
  type TracesData,
  tracedSpans,
} from '@sightline/wire';

export function summaryLines({ traces, nextCursor, warnings = [] }: SearchResponse): string {
  if (traces.length === 0) return ['No trace matches in this time range.', ...warnings].join('\n');
  const more = nextCursor === undefined ? [] : ['(more traces match: narrow the query or the time range)'];
  return [...traces.map(summaryLine), ...more, ...warnings].join('\n');
}

function summaryLine(trace: TraceSummary): string {
  const errors = trace.errorCount > 0 ? `, ${trace.errorCount} errors` : '';
  const services = trace.services.map(({ name }) => name).join(', ');
  return `${trace.traceId} ${isoTime(trace.startUnixNano)} ${trace.rootServiceName}: ${trace.rootSpanName}, ${formatDuration(BigInt(trace.durationNano))}, ${trace.spanCount} spans${errors}, in ${services}`;
}

export function explanationText({ durationNano, criticalPath, blame }: ExplanationResponse, trace: TracesData): string {
  const spans = new Map<string, TracedSpan>(tracedSpans(trace).map((traced) => [traced.spanId, traced]));
  const segments = criticalPath.map(({ spanId, startUnixNano, endUnixNano }) => {
    const traced = spans.get(spanId);
    const length = formatDuration(BigInt(endUnixNano) - BigInt(startUnixNano));
    return `- ${length} in ${traced?.serviceName}: ${traced?.span.name} (${spanId})`;
  });
  return [
    blame?.text ?? 'No span took any time.',
    '',
    `What the trace was waiting for, in the order of its ${formatDuration(BigInt(durationNano))}:`,
    ...segments,
  ].join('\n');
}

export function serviceLines(services: readonly ServiceInfo[]): string {
  if (services.length === 0) return 'No service has sent spans in this time range.';
  return services
    .map(
      ({ name, spanCount, errorCount, lastSeenUnixNano }) =>
        `${name}: ${spanCount} spans, ${errorCount} errors, last at ${isoTime(lastSeenUnixNano)}`,
    )
    .join('\n');
}

export function attributeLines(attributes: readonly AttributeKeyInfo[]): string {
  if (attributes.length === 0) return 'No attribute begins so.';
  return attributes
    .map(({ scope, key, type, spanCount }) => `${scope}.${key} (${type}), on ${spanCount} spans`)
    .join('\n');
}

function isoTime(unixNano: string): string {
  return new Date(Number(BigInt(unixNano) / 1_000_000n)).toISOString();
}
