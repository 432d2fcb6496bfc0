/** For tests: what a search must answer, worked out the slow and obvious way over spans in memory. */
import type { AnyValue, KeyValue, Span, TraceSummary, TracesData } from '@sightline/wire';
import type { AttributeFilter } from './attribute-filter.ts';
import type { SearchQuery } from './search-query.ts';

interface ModelSpan {
  span: Span;
  service: string;
  resource: KeyValue[];
}

/** All pages in one. */
export function modelSearch(all: TracesData, query: SearchQuery): TraceSummary[] {
  const found = [...byTrace(all).values()].flatMap((spans) => {
    const matching = spans.filter((span) => fulfils(span, query));
    return matching.length === 0 ? [] : [{ summary: summaryOf(spans, matching.length), matching }];
  });
  const direction = query.order === 'oldest' || query.order === 'shortest' ? 1 : -1;
  const keyed = found.map(({ summary, matching }) => ({ summary, key: keyOf(query, summary, matching) }));
  keyed.sort((a, b) => {
    if (a.key !== b.key) return a.key < b.key ? -direction : direction;
    return a.summary.traceId < b.summary.traceId ? -direction : direction;
  });
  return keyed.map(({ summary }) => summary);
}

function byTrace(all: TracesData): Map<string, ModelSpan[]> {
  const traces = new Map<string, ModelSpan[]>();
  for (const { resource, scopeSpans } of all.resourceSpans) {
    const attributes = resource?.attributes ?? [];
    const service = attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '(no service.name)';
    for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
      traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), { span, service, resource: attributes }]);
    }
  }
  return traces;
}

function fulfils(candidate: ModelSpan, { conditions, range }: SearchQuery): boolean {
  const { span, service } = candidate;
  const status = (['unset', 'ok', 'error'] as const)[span.status?.code ?? 0];
  const start = BigInt(span.startTimeUnixNano);
  const duration = BigInt(span.endTimeUnixNano) - start;
  const length = duration < 0n ? 0n : duration;
  return (
    start >= range.startUnixNano &&
    start <= range.endUnixNano &&
    (conditions.service === undefined || conditions.service === service) &&
    (conditions.name === undefined || conditions.name === span.name) &&
    (conditions.status === undefined || conditions.status === status) &&
    (conditions.minDurationNano === undefined || length >= conditions.minDurationNano) &&
    (conditions.maxDurationNano === undefined || length <= conditions.maxDurationNano) &&
    conditions.attributes.every((filter) => hasAttribute(candidate, filter))
  );
}

function hasAttribute({ span, resource }: ModelSpan, { key, value, scope }: AttributeFilter): boolean {
  const places = [...(scope === 'resource' ? [] : (span.attributes ?? [])), ...(scope === 'span' ? [] : resource)];
  return places.some((attribute) => attribute.key === key && isText(attribute.value, value));
}

function isText(value: AnyValue, text: string): boolean {
  if (value.stringValue !== undefined) return value.stringValue === text;
  if (value.intValue !== undefined) return /^-?\d+$/.test(text) && BigInt(value.intValue) === BigInt(text);
  if (value.boolValue !== undefined) return String(value.boolValue) === text;
  if (typeof value.doubleValue === 'number') return text !== '' && value.doubleValue === Number(text);
  return value.doubleValue === text;
}

function keyOf(query: SearchQuery, summary: TraceSummary, matching: ModelSpan[]): bigint {
  switch (query.order) {
    case 'newest':
    case 'oldest':
      return sorted(matching.map(({ span }) => BigInt(span.startTimeUnixNano)))[0] ?? 0n;
    case 'longest':
    case 'shortest':
      return BigInt(summary.durationNano);
    case 'most-spans':
      return BigInt(summary.spanCount);
    case 'most-errors':
      return BigInt(summary.errorCount);
  }
}

function summaryOf(spans: ModelSpan[], matchedSpanCount: number): TraceSummary {
  const starts = spans.map(({ span }) => BigInt(span.startTimeUnixNano));
  const ends = spans.map(({ span }) => BigInt(span.endTimeUnixNano));
  const start = sorted(starts)[0] ?? 0n;
  const end = sorted([...starts, ...ends]).at(-1) ?? 0n;
  const roots = spans.filter(({ span }) => !span.parentSpanId);
  const head = earliest(roots.length > 0 ? roots : spans);
  return {
    traceId: head.span.traceId,
    rootServiceName: head.service,
    rootSpanName: head.span.name,
    hasRoot: roots.length > 0,
    startUnixNano: String(start),
    durationNano: String(end - start),
    spanCount: spans.length,
    errorCount: errorsOf(spans),
    services: [...new Set(spans.map(({ service }) => service))]
      .map((name) => {
        const own = spans.filter(({ service }) => service === name);
        return { name, spanCount: own.length, errorCount: errorsOf(own) };
      })
      .sort((a, b) => b.spanCount - a.spanCount || (a.name < b.name ? -1 : 1)),
    matchedSpanCount,
  };
}

function errorsOf(spans: ModelSpan[]): number {
  return spans.filter(({ span }) => span.status?.code === 2).length;
}

function earliest(spans: ModelSpan[]): ModelSpan {
  const order = ({ span }: ModelSpan): string => `${span.startTimeUnixNano.padStart(20, '0')} ${span.spanId}`;
  return spans.reduce((best, span) => (order(span) < order(best) ? span : best));
}

function sorted(values: bigint[]): bigint[] {
  return values.sort((a, b) => (a < b ? -1 : 1));
}
