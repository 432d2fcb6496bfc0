/** `components.schemas` of what has to do with TraceQL. */
import { count, durationNano, list, object, ref, type Schema, spanId, text, unixNano } from './openapi-schema.ts';

const attributes = list(ref('KeyValue'));

export const traceqlSchemas: Record<string, Schema> = {
  SpanSet: object(
    {
      attributes: { ...attributes, description: 'What the spans were grouped by.' },
      matchedSpanCount: count,
      spans: list(ref('MatchedSpan'), 'The first of them, by start.'),
    },
    ['matchedSpanCount', 'spans'],
  ),
  MatchedSpan: object(
    {
      spanId,
      parentSpanId: spanId,
      serviceName: text,
      name: text,
      startUnixNano: unixNano,
      durationNano,
      attributes: { ...attributes, description: 'What the query names of the span.' },
    },
    ['spanId', 'serviceName', 'name', 'startUnixNano', 'durationNano'],
  ),
};
