/** `components.schemas` of the OpenAPI document: the JSON of `@sightline/wire`, and of Jaeger's API. */

export type Schema = Record<string, unknown>;

export function object(properties: Record<string, Schema>, required: readonly string[], description?: string): Schema {
  return {
    type: 'object',
    ...(description ? { description } : {}),
    properties,
    required,
    additionalProperties: false,
  };
}

/** Every property required. */
export function record(properties: Record<string, Schema>, description?: string): Schema {
  return object(properties, Object.keys(properties), description);
}

export function list(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description ? { description } : {}), items };
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const share: Schema = { type: 'number', minimum: 0, maximum: 1 };
const nano: Schema = { type: 'string', pattern: '^[0-9]{1,20}$' };
export const unixNano: Schema = { ...nano, description: 'Nanoseconds since 1970.' };
export const durationNano: Schema = { ...nano, description: 'Nanoseconds.' };
const signedNano: Schema = { type: 'string', pattern: '^-?[0-9]{1,20}$' };
const traceId: Schema = { type: 'string', pattern: '^[0-9a-f]{32}$' };
const spanId: Schema = { type: 'string', pattern: '^[0-9a-f]{16}$' };
export const kind: Schema = {
  type: 'integer',
  enum: [0, 1, 2, 3, 4, 5],
  description: '0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.',
};
const attributeScope: Schema = { type: 'string', enum: ['span', 'resource'] };
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
  AttributeKeysResponse: record({
    attributes: list(
      record({ scope: attributeScope, key: text, type: attributeType, spanCount: count }),
      'Most frequent first.',
    ),
  }),
  AttributeValuesResponse: record({
    values: list(record({ value: text, type: attributeType, spanCount: count }), 'Most frequent first.'),
  }),
  WholeTracesResponse: record({
    traces: list(record({ traceId, resourceSpans: list(ref('ResourceSpans')) }), 'As they were asked for.'),
  }),
  TraceSummary: record({
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
  }),
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
  ErrorResponse: record({ error: object({ code: text, message: text, field: text }, ['code', 'message']) }),
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
