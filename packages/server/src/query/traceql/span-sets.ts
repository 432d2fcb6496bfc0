/** What traces found by a query are answered with: their first matching spans, with what the query names of them. */
import type { KeyValue, MatchedSpan, SpanSet, TraceSummary } from '@sightline/wire';
import type { Search } from '../prepare-search.ts';
import type { FoundTrace } from '../search.ts';
import { sharedByGranules } from '../threads.ts';
import { inTraceIds } from '../trace-summaries.ts';
import type { Field, IntrinsicName } from './ast.ts';
import { wantedSpans } from './first-spans.ts';
import { readFacts, type SpanFacts } from './span-facts.ts';
import { fieldValues, type TracedSpan, toAnyValue } from './span-values.ts';
import type { Spanset } from './spansets.ts';

/** An evaluation brings them along; of most other traces they are known. */
export async function withSpanSets(search: Search, found: readonly FoundTrace[]): Promise<TraceSummary[]> {
  const most = wantedSpans(search);
  if (most === 0) return found.map(({ summary }) => summary);
  const unknown = found.filter(({ firstSpans }) => !firstSpans).map(({ summary }) => summary);
  const others = await readFirstSpans(search, unknown, most);
  return found.map(({ summary, firstSpans = spansOf(summary, others).slice(0, most) }) => {
    const spans = firstSpans.map((span) => matchedSpan(alone(span), search.fields));
    return { ...summary, spanSets: [{ matchedSpanCount: summary.matchedSpanCount, spans }] };
  });
}

/** So many rows are read for each wanted span at most: nobody sends one more often. */
const mostTimes = 64;

/**
 * @param search whose conditions are exact
 * @param rows of each trace: more than spans where some were sent twice
 * @returns at least `most` of each that has so many
 */
async function readFirstSpans(
  search: Search,
  traces: readonly TraceSummary[],
  most: number,
  rows = most,
): Promise<SpanFacts[]> {
  if (traces.length === 0) return [];
  const { store, columns, attributes, visible, parameters, fields, places } = search;
  const facts = await readFacts(store, {
    sql: `FROM spans PREWHERE ${inTraceIds} AND ${columns} AND ${visible} WHERE ${attributes}
      ORDER BY start_unix_nano, span_id, kind LIMIT {spansPerSpanSet:UInt32} BY trace_id
      ${sharedByGranules}`,
    values: { traceIds: traces.map(({ traceId }) => traceId), spansPerSpanSet: rows },
    parameters,
    fields,
    places,
    wholeSpans: false,
  });
  const isShort = (trace: TraceSummary): boolean =>
    spansOf(trace, facts).length < Math.min(most, trace.matchedSpanCount);
  const short = rows < most * mostTimes ? traces.filter(isShort) : [];
  const again = await readFirstSpans(search, short, most, rows * 2);
  return [...facts.filter(({ traceId }) => !short.some((trace) => trace.traceId === traceId)), ...again];
}

function spansOf({ traceId }: TraceSummary, spans: readonly SpanFacts[]): SpanFacts[] {
  return spans.filter((span) => span.traceId === traceId);
}

/** Of a trace that has been evaluated. */
export function spanSetsOf({ query, fields }: Search, spansets: readonly Spanset[]): SpanSet[] {
  const limit = query.traceql?.spansPerSpanSet ?? 0;
  return spansets.map(({ attributes, spans }) => {
    const named = attributes.map(({ name, value }) => ({ key: name, value: value ? toAnyValue(value) : {} }));
    return {
      ...(named.length > 0 && { attributes: named }),
      matchedSpanCount: spans.length,
      spans: spans.slice(0, limit).map((span) => matchedSpan(span, fields)),
    };
  });
}

/** Of a span whose trace nothing is asked about. */
function alone(span: SpanFacts): TracedSpan {
  return {
    ...span,
    index: 0,
    nestedSet: { left: 0, right: 0, parent: 0 },
    trace: { root: undefined, durationNano: 0n, byId: new Map(), children: new Map() },
  };
}

/** Members of a matched span, whatever the query names. */
const shown: ReadonlySet<IntrinsicName> = new Set([
  'span:id',
  'span:parentID',
  'span:name',
  'span:duration',
  'trace:id',
]);

function matchedSpan(span: TracedSpan, fields: readonly Field[]): MatchedSpan {
  const attributes = fields.flatMap((field) => attributeOf(field, span));
  return {
    spanId: span.spanId,
    ...(span.parentSpanId && { parentSpanId: span.parentSpanId }),
    serviceName: span.service,
    name: span.name,
    startUnixNano: String(span.startUnixNano),
    durationNano: String(span.durationNano),
    ...(attributes.length > 0 && { attributes }),
  };
}

function attributeOf(field: Field, span: TracedSpan): KeyValue[] {
  if (field.kind === 'intrinsic' && shown.has(field.name)) return [];
  const [value] = fieldValues(field, span);
  return value ? [{ key: field.name, value: toAnyValue(value) }] : [];
}
