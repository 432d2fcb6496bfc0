/**
 * For tests: three traces in which the queries of Grafana's documentation find something, and not everything.
 *
 *     a1 frontend "POST /api/orders"          b1 frontend "GET /api/products/{id}"     (parent never came)
 *     ├─ a2 productcatalogservice "SELECT"    ├─ b2 cart "DELETE /api/cart"            └─ c1 foo "consume"
 *     └─ a3 frontend "render"                 └─ b3 cart "query"                          └─ c2 foo "store"
 *        └─ a4 productcatalogservice "GET /api/products/{id}"
 */
import type { AnyValue, InstrumentationScope, KeyValue, ResourceSpans, Span, TracesData } from '@sightline/wire';

export const documentationStartUnixNano: bigint = 1_790_000_000_000_000_000n;

type Value = string | number | boolean | bigint | string[];
type Attributes = Record<string, Value>;

function attributesOf(values: Attributes): KeyValue[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyOf(value) }));
}

function anyOf(value: Value): AnyValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyOf) } };
  if (typeof value === 'bigint' || Number.isInteger(value)) return { intValue: String(value) };
  return { doubleValue: value };
}

/** `a1` and so on; times in milliseconds since the first trace's start. */
interface SpanText extends Pick<Span, 'kind' | 'status' | 'events' | 'links'> {
  id: string;
  parent?: string;
  name: string;
  from: number;
  to: number;
  attributes?: Attributes;
}

function span({ id, parent, name, from, to, attributes = {}, ...rest }: SpanText): Span {
  const time = (ms: number): string => String(documentationStartUnixNano + BigInt(ms) * 1_000_000n);
  return {
    traceId: (id[0] ?? '').padStart(32, '0'),
    spanId: id.padStart(16, '0'),
    ...(parent ? { parentSpanId: parent.padStart(16, '0') } : {}),
    name,
    startTimeUnixNano: time(from),
    endTimeUnixNano: time(to),
    attributes: attributesOf(attributes),
    ...rest,
  };
}

function made(resource: Attributes, spans: SpanText[], scope: InstrumentationScope = {}): ResourceSpans {
  return { resource: { attributes: attributesOf(resource) }, scopeSpans: [{ scope, spans: spans.map(span) }] };
}

const production: Attributes = { 'deployment.environment': 'production', 'cloud.region': 'us-east-1' };
const staging: Attributes = { 'deployment.environment': 'staging', 'cloud.region': 'us-west-1' };
const server = 2;
const client = 3;
const ok = { code: 1 as const };
const error = { code: 2 as const };

export const documentationTraces: TracesData = {
  resourceSpans: [
    made({ 'service.name': 'frontend', 'service.namespace': 'ecommerce', ...production }, [
      {
        id: 'a1',
        name: 'POST /api/orders',
        kind: server,
        from: 0,
        to: 6000,
        status: error,
        attributes: { 'http.method': 'POST', 'http.status_code': 500, 'http.url': '/path/of/api' },
      },
      {
        id: 'a3',
        parent: 'a1',
        name: 'render',
        kind: 1,
        from: 2000,
        to: 2004,
        status: { ...error, message: 'Forbidden' },
        attributes: { bytesProcessed: 600_000_000 },
        events: [
          {
            name: 'exception',
            timeUnixNano: String(documentationStartUnixNano + 2_003_000_000n),
            attributes: attributesOf({ 'exception.message': 'oh: something went wrong here' }),
          },
        ],
      },
    ]),
    made({ 'service.name': 'productcatalogservice', ...production }, [
      {
        id: 'a2',
        parent: 'a1',
        name: 'SELECT',
        kind: client,
        from: 1000,
        to: 1050,
        status: ok,
        attributes: { 'db.system': 'postgresql', 'db.name': 'db-shard-001', bytesProcessed: 500_000_000 },
      },
      {
        id: 'a4',
        parent: 'a3',
        name: 'GET /api/products/{id}',
        kind: server,
        from: 2001,
        to: 2003,
        status: error,
        attributes: { 'http.method': 'GET', 'http.status_code': 503, retry_count: 0 },
      },
    ]),
    made({ 'service.name': 'frontend', ...staging }, [
      {
        id: 'b1',
        name: 'GET /api/products/{id}',
        kind: server,
        from: 60_000,
        to: 60_400,
        status: ok,
        attributes: { 'service.name': 'frontend', 'http.method': 'GET', 'http.status_code': 200 },
      },
    ]),
    made({ 'service.name': 'cart', ...staging }, [
      {
        id: 'b2',
        parent: 'b1',
        name: 'DELETE /api/cart',
        kind: client,
        from: 60_100,
        to: 60_200,
        attributes: { 'http.method': 'DELETE', 'http.status_code': '404', 'http.request_content_length': 20_971_520 },
      },
      {
        id: 'b3',
        parent: 'b1',
        name: 'query',
        kind: client,
        from: 60_210,
        to: 60_212,
        attributes: { 'db.system': 'mysql', any_attribute: false },
      },
    ]),
    made(
      { 'service.name': 'foo', 'deployment.environment': 'prod-eu', 'service.version': '1.2' },
      [
        {
          id: 'c1',
          parent: 'cf',
          name: 'consume',
          kind: 5,
          from: 120_000,
          to: 120_010,
          attributes: {
            foo: ['bar', 'baz'],
            'http.request.header.Accept': ['text/html', 'application/json'],
            'attribute name with space': 'value',
            'attribute.attribute name with space': 'value',
            'http.status_code': 200,
            value: -(2n ** 63n),
          },
          links: [
            {
              traceId: 'a'.padStart(32, '0'),
              spanId: 'a1'.padStart(16, '0'),
              attributes: attributesOf({ 'opentracing.ref_type': 'child_of' }),
            },
          ],
        },
        {
          id: 'c2',
          parent: 'c1',
          name: 'store',
          kind: 1,
          from: 120_004,
          to: 120_006,
          attributes: { foo: 'qux', 'http.request.header.Accept': ['text/html'], value: 1.5 },
        },
      ],
      { name: 'grpc', version: '1.0.0', attributes: attributesOf({ language: 'java' }) },
    ),
  ],
};
