/** A trace as an indented list, with what each library knew of its call: made to be read by an assistant. */
import {
  buildSpanTree,
  byStart,
  formatDuration,
  type KeyValue,
  type SpanEvent,
  spanRows,
  type TracedSpan,
  type TracesData,
  textOf,
  tracedSpans,
} from '@sightline/wire';

/** Of a value; a query or a stack may be longer than all else together. */
const longestText = 300;

/** @param maxSpans of a larger trace, the failed and the longest are shown, with all above them */
export function traceOutline(trace: TracesData, maxSpans: number): string {
  const spans = tracedSpans(trace).sort(byStart);
  const tree = buildSpanTree(spans);
  const shown = shownSpans(spans, tree.parents, maxSpans);
  const start = spans[0]?.startUnixNano ?? 0n;
  const lines = spanRows(tree).flatMap(({ index, depth }) =>
    shown.has(index) ? spanLines(spans[index] as TracedSpan, '  '.repeat(depth), start) : [],
  );
  const left = spans.length - shown.size;
  return [...lines, ...(left > 0 ? [`(${left} shorter spans are left out)`] : [])].join('\n');
}

function shownSpans(spans: readonly TracedSpan[], parents: Int32Array, maxSpans: number): Set<number> {
  const byWeight = [...spans.keys()].sort((a, b) => weightOf(spans[b]) - weightOf(spans[a]));
  const shown = new Set<number>();
  for (const index of byWeight) {
    if (shown.size >= maxSpans) break;
    for (let at = index; at >= 0 && !shown.has(at); at = parents[at] as number) shown.add(at);
  }
  return shown;
}

/** The failed before all others, each by its length. */
function weightOf(traced: TracedSpan | undefined): number {
  if (!traced) return 0;
  const nano = Number(traced.endUnixNano - traced.startUnixNano);
  return traced.span.status?.code === 2 ? nano + Number.MAX_SAFE_INTEGER : nano;
}

const kinds = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

function spanLines(
  { span, serviceName, kind, startUnixNano, endUnixNano }: TracedSpan,
  indent: string,
  start: bigint,
): string[] {
  const times = `${formatDuration(endUnixNano - startUnixNano)}, from ${formatDuration(startUnixNano - start)}`;
  const failure =
    span.status?.code === 2 ? ` FAILED${span.status.message ? `: ${shortened(span.status.message)}` : ''}` : '';
  const facts = [span.spanId, kinds[kind], times].filter(Boolean).join(', ');
  return [
    `${indent}${serviceName}: ${span.name} (${facts})${failure}`,
    ...attributeTexts(span.attributes).map((text) => `${indent}  - ${text}`),
    ...(span.events ?? []).map((event) => `${indent}  - ${eventText(event)}`),
  ];
}

function eventText({ name, attributes }: SpanEvent): string {
  const texts = attributeTexts(attributes);
  return `event ${name}${texts.length > 0 ? `: ${texts.join('; ')}` : ''}`;
}

function attributeTexts(attributes: readonly KeyValue[] = []): string[] {
  return attributes.map(({ key, value }) => `${key}: ${shortened(textOf(value))}`);
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}… (${text.length} characters)` : text;
}
