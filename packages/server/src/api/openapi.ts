/**
 * The OpenAPI 3.1 document, served at `/api/v1/openapi.json`. `openapi.test.ts` holds it against the routes
 * and against real answers.
 */
import { metricsSchemas } from './openapi-metrics-schemas.ts';
import { ref } from './openapi-schema.ts';
import { schemas } from './openapi-schemas.ts';

type Json = Record<string, unknown>;

function query(name: string, description: string, schema: Json = { type: 'string' }): Json {
  return { name, in: 'query', description, schema };
}

function path(name: string, description: string): Json {
  return { name, in: 'path', required: true, description, schema: { type: 'string' } };
}

function json(description: string, schema: string): Json {
  return { description, content: { 'application/json': { schema: ref(schema) } } };
}

/** Of our own API. */
function get(summary: string, answer: string, parameters: Json[], more: Json = {}): Json {
  return {
    get: {
      summary,
      tags: ['Sightline'],
      parameters,
      responses: {
        200: json('OK', answer),
        400: json('A parameter is wrong: `field` says which, `message` why and what would be right.', 'ErrorResponse'),
        ...more,
      },
    },
  };
}

function getJaeger(summary: string, answer: string, parameters: Json[], more: Json = {}): Json {
  return {
    get: {
      summary,
      tags: ['Jaeger'],
      parameters,
      responses: { 200: json('OK', answer), 400: json('A parameter is wrong.', 'JaegerErrors'), ...more },
    },
  };
}

const time = 'RFC 3339, or nanoseconds since 1970';
const start = query('start', `${time}. Default: from the first span on.`);
const end = query('end', `${time}. Default: now.`);
const startOfHour = query('start', `${time}. Default: one hour before \`end\`.`);
const prefix = query('prefix', 'What the name begins with, in upper or lower case.');
const service = query('service', 'Exact name of a service.');
const scope = query('scope', 'Where the attribute stands; default: any.', {
  type: 'string',
  enum: ['span', 'resource', 'event', 'link', 'instrumentation'],
});
const duration = 'A number with a unit: `250ms`, `1.5s`, `800us`, `2m`.';

function limit(fallback: number): Json {
  return query('limit', 'The most to answer with.', { type: 'integer', minimum: 1, maximum: 1000, default: fallback });
}

const q = query(
  'q',
  'A query in TraceQL, in place of `service`, `name`, `attribute`, `minDuration`, `maxDuration` and `status`.',
);
const form = [
  service,
  query('name', 'Exact span name.'),
  query('attribute', '`key=value`; repeatable, all must hold. `span.` or `resource.` before the key narrows.', {
    type: 'array',
    items: { type: 'string' },
  }),
  query('minDuration', duration),
  query('maxDuration', duration),
  query('status', "The span's status.", { type: 'string', enum: ['error', 'ok', 'unset'] }),
];

const tooExpensive = { 422: json('The query took more time or memory than a query may: narrow it.', 'ErrorResponse') };
const noTrace = { 404: json('No span of that trace is stored.', 'ErrorResponse') };
const ambiguous = { 409: json('Several traces begin so; `message` names them.', 'ErrorResponse') };
const traceId = path('traceId', '32 hex digits, or the first 4 of them or more, where only one trace begins so.');

/** With OTLP's own bytes beside its JSON. */
function alsoProtobuf(operation: Json): Json {
  const { get: described } = operation as { get: { responses: { 200: { content: Json } } } };
  described.responses[200].content['application/x-protobuf'] = { schema: { type: 'string', format: 'binary' } };
  return operation;
}

const spansOfService = [
  path('service', 'Exact name, URL-encoded.'),
  { ...query('olderThan', 'Since their arrival: `1d`, `36h`; `0s` for all.'), required: true },
];

const ours: Json = {
  '/api/v1/services': get('Services, and how many spans each has', 'ServicesResponse', [start, end]),
  '/api/v1/services/{service}/span-names': get("A service's span names", 'SpanNamesResponse', [
    path('service', 'Exact name, URL-encoded.'),
    start,
    end,
    prefix,
    limit(100),
  ]),
  '/api/v1/services/{service}/spans': {
    ...get('How many spans a service has that are older than a given age', 'ServiceSpansResponse', spansOfService),
    delete: {
      summary: 'Deletes them for good, and answers with how many they were',
      tags: ['Sightline'],
      parameters: spansOfService,
      responses: { 200: json('Deleted', 'ServiceSpansResponse'), 400: json('A parameter is wrong.', 'ErrorResponse') },
    },
  },
  '/api/v1/attributes': get(
    'Attribute keys of the spans that match, or all that have been counted',
    'AttributeKeysResponse',
    [q, ...form, prefix, scope, start, end, limit(100)],
    tooExpensive,
  ),
  '/api/v1/attributes/values': get(
    'Values of a field, of the newest spans that match',
    'AttributeValuesResponse',
    [
      query('field', 'As in TraceQL: `span.http.route`, `event:name`; or `key` in its place.'),
      query('key', 'Exact key of an attribute.'),
      scope,
      q,
      ...form,
      prefix,
      startOfHour,
      end,
      limit(100),
    ],
    tooExpensive,
  ),
  '/api/v1/traces': get(
    'Search: traces that fulfil all conditions; with `Accept: text/event-stream` they come as they are found',
    'SearchResponse',
    [
      q,
      query('spansPerSpanSet', 'How many spans of each spanset are answered with, for a search by `q`.', {
        type: 'integer',
        minimum: 1,
        maximum: 100,
        default: 3,
      }),
      ...form,
      startOfHour,
      end,
      limit(20),
      query('order', 'What comes first.', {
        type: 'string',
        enum: ['newest', 'oldest', 'longest', 'shortest', 'most-spans', 'most-errors'],
        default: 'newest',
      }),
      query('cursor', '`nextCursor` of the answer before; the other parameters as they were, but for `limit`.'),
    ],
    tooExpensive,
  ),
  '/api/v1/groups': get(
    'Spans grouped by what they have in an attribute',
    'GroupsResponse',
    [
      q,
      ...form,
      { ...query('by', 'An attribute as in TraceQL: `resource.service.name`, `name`.'), required: true },
      startOfHour,
      end,
      limit(20),
    ],
    tooExpensive,
  ),
  '/api/v1/metrics': get(
    'Series over time of a metrics query in TraceQL',
    'MetricsResponse',
    [
      { ...query('q', 'A metrics query: `{ } | rate() by (resource.service.name)`.'), required: true },
      startOfHour,
      end,
      query('step', 'A number with a unit: `30s`; default: so that there are about 100.'),
      query('exemplars', 'The most spans to name for each series; default none.', { type: 'integer', maximum: 1000 }),
    ],
    tooExpensive,
  ),
  '/api/v1/traceql': get('A query as it is rightly written, and the form that says the same', 'TraceqlResponse', [
    q,
    ...form,
  ]),
  '/api/v1/traces/{traceId}': alsoProtobuf(
    get(
      'One trace, as OTLP',
      'TracesData',
      [
        traceId,
        query('download', '`1` makes browsers save it as a file.', {
          type: 'string',
          enum: ['0', '1', 'true', 'false'],
        }),
      ],
      { ...noTrace, ...ambiguous, ...tooExpensive },
    ),
  ),
  '/api/v1/whole-traces': get(
    'Several traces at once, each as OTLP; those of which no span is stored are left out',
    'WholeTracesResponse',
    [
      {
        ...query('traceId', '32 hex digits; repeatable, up to 100 times.', {
          type: 'array',
          items: { type: 'string' },
        }),
        required: true,
      },
    ],
    tooExpensive,
  ),
  '/api/v1/traces/{traceId}/explanation': get('Where the time of a trace went', 'ExplanationResponse', [traceId], {
    ...noTrace,
    ...ambiguous,
    ...tooExpensive,
  }),
  '/api/v1/traces/{traceId}/spans/{spanId}/standing': get(
    "Where a span's duration stands among those of its service, name and kind",
    'StandingResponse',
    [traceId, path('spanId', '16 hex digits.')],
    { 404: json('There is no such span.', 'ErrorResponse'), ...tooExpensive },
  ),
  '/api/v1/service-metrics': get(
    'Rates, errors and latencies over time, of services or of the span names of one',
    'ServiceMetricsResponse',
    [
      startOfHour,
      end,
      query('step', 'Whole minutes, `5m` for example; default: so long that there are about 100 of them.'),
      query('service', 'Whose span names; without it, services as a whole.'),
    ],
    tooExpensive,
  ),
  '/api/v1/dependencies': get('Who calls whom', 'DependenciesResponse', [startOfHour, end], tooExpensive),
  '/api/v1/status': get('What this server is and holds', 'StatusResponse', []),
  '/api/v1/openapi.json': {
    get: {
      summary: 'This document',
      tags: ['Sightline'],
      responses: { 200: { description: 'OK', content: { 'application/json': { schema: { type: 'object' } } } } },
    },
  },
};

const microseconds = 'Microseconds since 1970.';
const prettyPrint = query('prettyPrint', '`true` indents the JSON.');
const raw = query('raw', 'Taken and ignored: nothing is ever adjusted.');

const jaeger: Json = {
  '/api/services': getJaeger('Names of the services', 'JaegerNames', []),
  '/api/services/{service}/operations': getJaeger("Names of a service's operations", 'JaegerNames', [
    path('service', 'Exact name, URL-encoded.'),
  ]),
  '/api/operations': getJaeger("A service's operations by kind", 'JaegerOperations', [
    { ...service, required: true },
    query('spanKind', 'Only of this kind.', {
      type: 'string',
      enum: ['internal', 'server', 'client', 'producer', 'consumer'],
    }),
  ]),
  '/api/traces': getJaeger('Search, newest first', 'JaegerTraces', [
    service,
    query('operation', 'Exact span name.'),
    query('start', microseconds),
    query('end', microseconds),
    query('lookback', 'How far before `end`, where `start` is not given; default `48h`.'),
    limit(100),
    query('minDuration', duration),
    query('maxDuration', duration),
    query('tag', '`key:value`, repeatable.', { type: 'array', items: { type: 'string' } }),
    query('tags', 'A JSON object of keys and values.'),
    query('traceID', 'Repeatable; where given, these traces are answered with and the rest is ignored.', {
      type: 'array',
      items: { type: 'string' },
    }),
    raw,
    prettyPrint,
  ]),
  '/api/traces/{traceId}': getJaeger(
    'One trace',
    'JaegerTraces',
    [path('traceId', 'Up to 32 hex digits.'), raw, prettyPrint],
    { 404: json('No span of that trace is stored.', 'JaegerErrors') },
  ),
};

function health(summary: string, responses: Json): Json {
  return { get: { summary, tags: ['Operations'], responses } };
}

const assistants: Json = {
  '/api/mcp': {
    post: {
      summary: 'The Model Context Protocol over Streamable HTTP: search, traces and explanations as tools',
      tags: ['Assistants'],
      requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
      responses: { 200: { description: 'A message of the protocol, or a stream of them' } },
    },
  },
};

const operations: Json = {
  '/healthz': health('Is the process alive?', { 200: json('Yes', 'Health') }),
  '/readyz': health('Does it take and find spans?', { 200: json('Yes', 'Health'), 503: json('Not yet', 'Health') }),
  '/metrics/spans': {
    get: {
      summary: 'Span metrics, as those of the OpenTelemetry Collector',
      tags: ['Operations'],
      parameters: [
        query('namespace', "What metrics' names begin with, or `none`.", {
          type: 'string',
          default: 'traces_span_metrics',
        }),
      ],
      responses: {
        200: { description: "Prometheus' text format", content: { 'text/plain': { schema: { type: 'string' } } } },
      },
    },
  },
  '/metrics': health('Its own figures', {
    200: { description: "Prometheus' text format", content: { 'text/plain': { schema: { type: 'string' } } } },
  }),
};

export const openapi: Json = {
  openapi: '3.1.0',
  info: {
    title: 'Sightline',
    version: '1',
    description: 'Times are decimal strings of nanoseconds since 1970, ids are lower-case hex.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  paths: { ...ours, ...jaeger, ...assistants, ...operations },
  components: { schemas: { ...schemas, ...metricsSchemas } },
};
