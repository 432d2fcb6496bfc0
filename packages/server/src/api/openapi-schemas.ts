/** `components.schemas` of the OpenAPI document: the JSON of `@sightline/wire`, and of Jaeger's API. */
import {
  count,
  durationNano,
  flag,
  kind,
  list,
  object,
  record,
  ref,
  type Schema,
  share,
  signedNano,
  spanId,
  text,
  traceId,
  unixNano,
} from './openapi-schema.ts';
import { traceqlSchemas } from './openapi-traceql.ts';

const attributePlace: Schema = { type: 'string', enum: ['span', 'resource', 'event', 'link', 'instrumentation'] };
const attributeType: Schema = { type: 'string', enum: ['string', 'int', 'double', 'bool', 'other'] };

const attributes = list(ref('KeyValue'));

const otlp: Record<string, Schema> = {
  AnyValue: {
    ...object(
      {
        stringValue: text,
        boolValue: flag,
        intValue: { type: 'string', pattern: '^-?[0-9]{1,19}$' },
        doubleValue: { type: ['number', 'string'] },
        arrayValue: record({ values: list(ref('AnyValue')) }),
        kvlistValue: record({ values: attributes }),
        bytesValue: { type: 'string', description: 'Base64.' },
      },
      [],
      'At most one member; none is the empty value. A double that is not finite is "NaN", "Infinity" or "-Infinity".',
    ),
    maxProperties: 1,
  },
  KeyValue: record({ key: text, value: ref('AnyValue') }),
  Resource: object({ attributes, droppedAttributesCount: count }, ['attributes']),
  InstrumentationScope: object({ name: text, version: text, attributes, droppedAttributesCount: count }, []),
  SpanEvent: object({ timeUnixNano: unixNano, name: text, attributes, droppedAttributesCount: count }, [
    'timeUnixNano',
    'name',
  ]),
  SpanLink: object({ traceId, spanId, traceState: text, attributes, droppedAttributesCount: count, flags: count }, [
    'traceId',
    'spanId',
  ]),
  Span: object(
    {
      traceId,
      spanId,
      traceState: text,
      parentSpanId: spanId,
      flags: count,
      name: text,
      kind,
      startTimeUnixNano: unixNano,
      endTimeUnixNano: unixNano,
      attributes,
      droppedAttributesCount: count,
      events: list(ref('SpanEvent')),
      droppedEventsCount: count,
      links: list(ref('SpanLink')),
      droppedLinksCount: count,
      status: object({ message: text, code: { type: 'integer', enum: [0, 1, 2] } }, []),
    },
    ['traceId', 'spanId', 'name', 'startTimeUnixNano', 'endTimeUnixNano'],
  ),
  ScopeSpans: object({ scope: ref('InstrumentationScope'), spans: list(ref('Span')), schemaUrl: text }, ['spans']),
  ResourceSpans: object({ resource: ref('Resource'), scopeSpans: list(ref('ScopeSpans')), schemaUrl: text }, [
    'scopeSpans',
  ]),
  TracesData: record({ resourceSpans: list(ref('ResourceSpans')) }, 'OTLP in its JSON form.'),
};

const ours: Record<string, Schema> = {
  ServicesResponse: record({
    services: list(
      record({ name: text, spanCount: count, errorCount: count, lastSeenUnixNano: unixNano }),
      'Sorted by name.',
    ),
  }),
  SpanNamesResponse: record({
    spanNames: list(record({ name: text, kind, spanCount: count }), 'Most frequent first.'),
  }),
  AttributeKeysResponse: object(
    {
      attributes: list(
        record({ scope: attributePlace, key: text, type: attributeType, spanCount: count }),
        'Most frequent first.',
      ),
      sample: ref('SpanSample'),
    },
    ['attributes'],
  ),
  AttributeValuesResponse: record({
    values: list(record({ value: text, type: attributeType, spanCount: count }), 'Most frequent first.'),
    sample: ref('SpanSample'),
  }),
  SpanSample: {
    ...record({ spanCount: count, startUnixNano: unixNano }),
    description: 'The newest spans, which alone were counted: how many, and how far back.',
  },
  WholeTracesResponse: record({
    traces: list(record({ traceId, resourceSpans: list(ref('ResourceSpans')) }), 'As they were asked for.'),
  }),
  TraceSummary: object(
    {
      traceId,
      rootServiceName: text,
      rootSpanName: text,
      hasRoot: { ...flag, description: 'False while the trace has no span without a parent.' },
      startUnixNano: unixNano,
      durationNano: { ...durationNano, description: 'From the earliest start to the latest end.' },
      spanCount: count,
      errorCount: count,
      services: list(record({ name: text, spanCount: count, errorCount: count }), 'Most spans first.'),
      matchedSpanCount: { ...count, description: "How many spans fulfil the search's conditions." },
      spanSets: list(ref('SpanSet'), 'Of a search by `q`: the spans that it selects, grouped as it says.'),
    },
    [
      'traceId',
      'rootServiceName',
      'rootSpanName',
      'hasRoot',
      'startUnixNano',
      'durationNano',
      'spanCount',
      'errorCount',
      'services',
      'matchedSpanCount',
    ],
  ),
  ...traceqlSchemas,
  SearchResponse: object(
    {
      traces: list(ref('TraceSummary')),
      nextCursor: { ...text, description: 'Present when more traces match.' },
      warnings: list(text, 'What could not be looked at; absent where everything was.'),
    },
    ['traces'],
  ),
  ExplanationResponse: object(
    {
      traceId,
      startUnixNano: signedNano,
      durationNano,
      criticalPath: list(
        object({ spanId, startUnixNano: signedNano, endUnixNano: signedNano, clockShiftNano: signedNano }, [
          'spanId',
          'startUnixNano',
          'endUnixNano',
        ]),
        'In time order, without overlap: at each moment, the span that the trace was waiting for.',
      ),
      blame: ref('Blame'),
    },
    ['traceId', 'startUnixNano', 'durationNano', 'criticalPath'],
  ),
  Blame: object(
    {
      spanId,
      serviceName: text,
      spanName: text,
      selfTimeNano: durationNano,
      share,
      repeated: record({ spanCount: count, selfTimeNano: durationNano, share }),
      text,
    },
    ['spanId', 'serviceName', 'spanName', 'selfTimeNano', 'share', 'text'],
  ),
  ServiceSpansResponse: record({ spanCount: count }),
  StatusResponse: object(
    {
      version: text,
      startedUnixNano: unixNano,
      addresses: { type: 'object', additionalProperties: text },
      spanCount: count,
      diskBytes: count,
      retention: object(
        {
          maxAgeSeconds: count,
          serviceMaxAgeSeconds: { type: 'object', additionalProperties: count },
          maxDiskBytes: count,
        },
        ['maxAgeSeconds', 'maxDiskBytes'],
      ),
      spool: ref('SpoolStatus'),
      storeProblem: { ...text, description: 'Why the database cannot be asked now.' },
    },
    ['version', 'startedUnixNano', 'addresses', 'spanCount', 'diskBytes', 'retention'],
  ),
  SpoolStatus: object(
    {
      state: {
        type: 'string',
        enum: ['ok', 'full', 'disk-low'],
        description: 'Other than ok: senders are told to try again later. It ends by itself.',
      },
      sizeBytes: count,
      maxBytes: count,
      segmentCount: count,
      oldestUnixNano: unixNano,
      refusedRequests: count,
      diskFreeBytes: count,
      diskTotalBytes: count,
    },
    ['state', 'sizeBytes', 'maxBytes', 'segmentCount', 'refusedRequests'],
    'What has been received, and waits on disk for the store.',
  ),
  ErrorResponse: record({
    error: object({ code: text, message: text, field: text, from: count, to: count }, ['code', 'message']),
  }),
  Health: object({ status: text, reason: text }, ['status']),
};

function envelope(data: Schema): Schema {
  const error = object({ code: { type: 'integer' }, msg: text, traceID: traceId }, ['msg']);
  return record({
    data,
    total: count,
    limit: count,
    offset: count,
    errors: { ...list(error), type: ['array', 'null'] },
  });
}

const tags = list(
  record({
    key: text,
    type: { type: 'string', enum: ['string', 'bool', 'int64', 'float64', 'binary'] },
    value: { type: ['string', 'boolean', 'number'] },
  }),
);

const jaeger: Record<string, Schema> = {
  JaegerNames: envelope(list(text)),
  JaegerOperations: envelope(list(record({ name: text, spanKind: text }))),
  JaegerTraces: envelope(list(ref('JaegerTrace'))),
  JaegerErrors: envelope({ type: 'null' }),
  JaegerTrace: record({
    traceID: traceId,
    spans: list(ref('JaegerSpan')),
    processes: { type: 'object', additionalProperties: record({ serviceName: text, tags }) },
    warnings: { type: 'null' },
  }),
  JaegerSpan: object(
    {
      traceID: traceId,
      spanID: spanId,
      flags: count,
      operationName: text,
      references: list(
        record({ refType: { type: 'string', enum: ['CHILD_OF', 'FOLLOWS_FROM'] }, traceID: traceId, spanID: spanId }),
      ),
      startTime: { ...count, description: 'Microseconds since 1970.' },
      duration: { ...count, description: 'Microseconds.' },
      tags,
      logs: list(record({ timestamp: count, fields: tags })),
      processID: text,
      warnings: { type: 'null' },
    },
    [
      'traceID',
      'spanID',
      'operationName',
      'references',
      'startTime',
      'duration',
      'tags',
      'logs',
      'processID',
      'warnings',
    ],
  ),
};

export const schemas: Record<string, Schema> = { ...ours, ...otlp, ...jaeger };
