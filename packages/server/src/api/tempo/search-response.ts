/** What is found, in Tempo's shape: `durationMs` of a trace is a number, nanoseconds are decimal strings. */
import type { KeyValue, MatchedSpan, SearchResponse, SpanSet, TraceSummary } from '@sightline/wire';

export interface TempoSearchResponse {
  traces: TempoTrace[];
  metrics: { inspectedTraces: number };
}

interface TempoTrace {
  traceID: string;
  rootServiceName: string;
  rootTraceName: string;
  startTimeUnixNano: string;
  durationMs: number;
  /** The first of `spanSets`, for clients of before there were several. */
  spanSet?: TempoSpanSet;
  spanSets: TempoSpanSet[];
  serviceStats: Record<string, { spanCount: number; errorCount?: number }>;
}

interface TempoSpanSet {
  spans: TempoSpan[];
  matched: number;
  attributes?: KeyValue[];
}

interface TempoSpan {
  spanID: string;
  name: string;
  startTimeUnixNano: string;
  durationNanos: string;
  attributes: KeyValue[];
}

export function searchResponse({ traces }: SearchResponse): TempoSearchResponse {
  return { traces: traces.map(tempoTrace), metrics: { inspectedTraces: traces.length } };
}

function tempoTrace(trace: TraceSummary): TempoTrace {
  const spanSets = (trace.spanSets ?? []).map(tempoSpanSet);
  const [first] = spanSets;
  return {
    traceID: trace.traceId,
    rootServiceName: trace.hasRoot ? trace.rootServiceName : '<root span not yet received>',
    rootTraceName: trace.hasRoot ? trace.rootSpanName : '',
    startTimeUnixNano: trace.startUnixNano,
    durationMs: Number(BigInt(trace.durationNano) / 1_000_000n),
    ...(first && { spanSet: first }),
    spanSets,
    serviceStats: Object.fromEntries(
      trace.services.map(({ name, spanCount, errorCount }) => [
        name,
        { spanCount, ...(errorCount > 0 && { errorCount }) },
      ]),
    ),
  };
}

function tempoSpanSet({ spans, matchedSpanCount, attributes }: SpanSet): TempoSpanSet {
  return { spans: spans.map(tempoSpan), matched: matchedSpanCount, ...(attributes && { attributes }) };
}

function tempoSpan({
  spanId,
  name,
  startUnixNano,
  durationNano,
  serviceName,
  attributes = [],
}: MatchedSpan): TempoSpan {
  const service = { key: 'service.name', value: { stringValue: serviceName } };
  const hasService = attributes.some(({ key }) => key === service.key);
  return {
    spanID: spanId,
    name,
    startTimeUnixNano: startUnixNano,
    durationNanos: durationNano,
    attributes: hasService ? attributes : [...attributes, service],
  };
}
