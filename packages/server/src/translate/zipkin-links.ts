import type { AnyValue, SpanLink } from '@sightline/wire';
import type { JsonAttributes } from './json-attributes.ts';

/**
 * Links as the collector writes them for Zipkin, in the tags `otlp.link.0`, `otlp.link.1` …:
 *
 *   <trace id>|<span id>|<trace state>|{"attributes":"as JSON"}|<number of dropped attributes>
 */
export function takeLinks(tags: Map<string, AnyValue>, json: JsonAttributes): SpanLink[] {
  const links: SpanLink[] = [];
  for (;;) {
    const key = `otlp.link.${links.length}`;
    const link = linkOf(tags.get(key)?.stringValue ?? '', json);
    if (!link) return links;
    links.push(link);
    tags.delete(key);
  }
}

function linkOf(text: string, json: JsonAttributes): SpanLink | undefined {
  const [, traceId, spanId, traceState, members, dropped] =
    /^([0-9a-f]{32})\|([0-9a-f]{16})\|([^|]*)\|(.*)\|(\d{1,9})$/s.exec(text) ?? [];
  const attributes = members === undefined ? undefined : members === 'null' ? [] : json.read(members);
  if (!traceId || !spanId || !attributes) return undefined;
  return {
    traceId,
    spanId,
    ...(traceState ? { traceState } : {}),
    ...(attributes.length > 0 ? { attributes } : {}),
    ...(Number(dropped) > 0 ? { droppedAttributesCount: Number(dropped) } : {}),
  };
}
