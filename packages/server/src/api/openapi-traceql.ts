/** `components.schemas` of what has to do with TraceQL. */
import {
  count,
  durationNano,
  list,
  object,
  record,
  ref,
  type Schema,
  spanId,
  text,
  traceId,
  unixNano,
} from './openapi-schema.ts';

const attributes = list(ref('KeyValue'));

const point: Schema = { type: ['number', 'null'] };
const spanStatus: Schema = { type: 'string', enum: ['error', 'ok', 'unset'] };

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
  MetricsResponse: record({
    startUnixNano: { ...unixNano, description: 'Of the first step: a multiple of `stepNano`.' },
    stepNano: durationNano,
    series: list(
      object(
        {
          labels: { ...attributes, description: 'What the query groups by, as it is written there.' },
          values: list(point, 'One for each step; null where there is none. Durations are in seconds.'),
          exemplars: list(
            object({ traceId, spanId, timeUnixNano: unixNano, value: { type: 'number' } }, [
              'traceId',
              'timeUnixNano',
              'value',
            ]),
          ),
        },
        ['labels', 'values'],
      ),
    ),
  }),
  GroupsResponse: record({
    groups: list(
      record({
        value: { anyOf: [ref('AnyValue'), { type: 'null' }] },
        spanCount: count,
        errorCount: count,
        ratePerSecond: { type: 'number', minimum: 0 },
        p50Nano: durationNano,
        p95Nano: durationNano,
        p99Nano: durationNano,
      }),
      'Most spans first.',
    ),
    others: { ...count, description: 'How many groups there are beyond the limit.' },
  }),
  TraceqlResponse: object(
    {
      query: text,
      kind: { type: 'string', enum: ['search', 'metrics'] },
      form: object(
        {
          service: text,
          name: text,
          attribute: list(text),
          minDuration: text,
          maxDuration: text,
          status: spanStatus,
        },
        [],
        'Where the query can be said in the fields of a form.',
      ),
    },
    ['query', 'kind'],
  ),
};
