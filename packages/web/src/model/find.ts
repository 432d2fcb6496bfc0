/**
 * Find in a trace. Words are looked for in name, service, ids, status and attributes (keys and
 * values) of a span; all must be there. `key=value` asks one attribute; quotes hold words together.
 */
import { attributeText } from './attributes.ts';
import type { Trace, TraceSpan } from './trace.ts';

/** The spans found, in row order. An empty query finds none. */
export function findSpans(trace: Trace, query: string): TraceSpan[] {
  const terms = readTerms(query);
  if (terms.length === 0) return [];
  return trace.spans.filter((span) => terms.every((term) => haystack(span).includes(term)));
}

function readTerms(query: string): string[] {
  const words = query.toLowerCase().match(/[^\s"=]+="[^"]*"|"[^"]+"|[^\s"]+/g) ?? [];
  return words.map((word) => word.replaceAll('"', ''));
}

const haystacks = new WeakMap<TraceSpan, string>();

/** All that can be found of a span, one fact per line; made when first asked for. */
function haystack(span: TraceSpan): string {
  let text = haystacks.get(span);
  if (text === undefined) {
    text = facts(span).join('\n').toLowerCase();
    haystacks.set(span, text);
  }
  return text;
}

function facts(span: TraceSpan): string[] {
  const lines = ['', span.name, span.service, span.id, `service=${span.service}`, `name=${span.name}`];
  if (span.isError) lines.push('error', 'status=error', span.raw.status?.message ?? '');
  const events = span.raw.events ?? [];
  for (const event of events) lines.push(event.name);
  const bags = [span.raw.attributes, span.resource?.attributes, ...events.map((event) => event.attributes)];
  for (const bag of bags) {
    for (const { key, value } of bag ?? []) lines.push(`${key}=${attributeText(value)}`);
  }
  return lines;
}
