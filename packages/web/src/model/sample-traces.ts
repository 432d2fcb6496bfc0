/**
 * Traces that look like real traffic, from a seed: for tests, and for looking at the pages while
 * working on them. A shop: a gateway that asks services, which ask databases and each other.
 */
import type { KeyValue, ResourceSpans, Span, TracesData } from '@sightline/wire';

export interface SampleOptions {
  seed: number;
  /** About this many spans. */
  spanCount: number;
  startUnixNano: bigint;
  /** Of the root, in nanoseconds. */
  durationNano?: number;
  failing?: boolean;
}

interface Operation {
  service: string;
  name: string;
  kind: 1 | 2 | 3;
  attributes: KeyValue[];
}

export function sampleTrace(options: SampleOptions): { traceId: string; data: TracesData } {
  const random = mulberry32(options.seed);
  const traceId = hex(random, 32);
  const byService = new Map<string, Span[]>();
  const root = pick(random, entrances);
  const duration = options.durationNano ?? 40e6 + random() ** 3 * 2e9;
  const open = [{ id: hex(random, 16), parentId: '', operation: root, start: 0, end: duration, depth: 0 }];
  let made = 0;
  for (let next = open.shift(); next; next = open.shift()) {
    const failing = options.failing === true && (next.depth === 0 || made === 3);
    const span = makeSpan(traceId, next, options.startUnixNano, failing, random);
    const siblings = byService.get(next.operation.service) ?? [];
    siblings.push(span);
    byService.set(next.operation.service, siblings);
    made++;
    const room = options.spanCount - made - open.length;
    if (next.operation.kind === 3 && next.operation.service === 'postgres') continue;
    const children = Math.min(room, childCount(random, next.depth, options.spanCount));
    let from = next.start + (next.end - next.start) * 0.04;
    for (let n = 0; n < children; n++) {
      const parallel = random() < 0.3;
      const length = ((next.end - from) / (children - n)) * (0.35 + random() * 0.6);
      const operation = pick(random, next.depth % 2 === 0 ? outgoing : inner);
      const end = from + length;
      open.push({ id: hex(random, 16), parentId: next.id, operation, start: from, end, depth: next.depth + 1 });
      if (!parallel) from = end;
    }
  }
  return { traceId, data: { resourceSpans: [...byService].map(([service, spans]) => resourceSpans(service, spans)) } };
}

function childCount(random: () => number, depth: number, spanCount: number): number {
  if (depth === 0) return Math.max(3, Math.min(40, Math.round(Math.sqrt(spanCount))));
  if (depth > 9) return 0;
  return 1 + Math.floor(random() * Math.min(9, 2 + spanCount / 300));
}

function makeSpan(
  traceId: string,
  from: { id: string; parentId: string; operation: Operation; start: number; end: number },
  traceStart: bigint,
  failing: boolean,
  random: () => number,
): Span {
  const start = traceStart + BigInt(Math.round(from.start));
  const end = traceStart + BigInt(Math.round(from.end));
  const status = from.operation.kind === 2 ? [int('http.response.status_code', failing ? 502 : 200)] : [];
  return {
    traceId,
    spanId: from.id,
    ...(from.parentId && { parentSpanId: from.parentId }),
    flags: 1,
    name: from.operation.name,
    kind: from.operation.kind,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(end),
    attributes: [...from.operation.attributes, ...status, string('request.id', hex(random, 12))],
    events: failing ? [exception(end - 1000n)] : [],
    ...(failing && { status: { code: 2, message: 'upstream connect error: ECONNREFUSED 10.2.0.7:8443' } }),
  };
}

function exception(at: bigint): NonNullable<Span['events']>[number] {
  return {
    timeUnixNano: String(at),
    name: 'exception',
    attributes: [
      string('exception.type', 'UpstreamError'),
      string('exception.message', 'upstream connect error: ECONNREFUSED 10.2.0.7:8443'),
      string(
        'exception.stacktrace',
        'UpstreamError: upstream connect error: ECONNREFUSED 10.2.0.7:8443\n    at Gateway.forward (/app/src/gateway/forward.js:88:13)\n    at async handle (/app/src/gateway/handle.js:31:20)\n    at async Layer.handleRequest (/app/node_modules/router/lib/layer.js:152:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
      ),
    ],
  };
}

function resourceSpans(service: string, spans: Span[]): ResourceSpans {
  return {
    resource: {
      attributes: [
        string('service.name', service),
        string('service.version', '2.14.0'),
        string('deployment.environment.name', 'production'),
        string('host.name', `${service}-7d9f6c5b8-x2klp`),
        int('process.pid', 4000 + service.length),
        string('process.runtime.name', 'nodejs'),
        string('process.runtime.version', '24.21.0'),
        string('telemetry.sdk.language', 'nodejs'),
      ],
    },
    scopeSpans: [{ scope: { name: '@sightline/agent', version: '0.1.0' }, spans }],
  };
}

const entrances: Operation[] = [
  server('storefront', 'GET', '/products/:id'),
  server('storefront', 'POST', '/checkout'),
  server('storefront', 'GET', '/cart'),
  server('mobile-api', 'GET', '/v2/feed'),
];

const outgoing: Operation[] = [
  client('storefront', 'GET', 'http://catalog.internal/items?ids=4711,815'),
  client('storefront', 'POST', 'http://payments.internal/charges'),
  server('catalog', 'GET', '/items'),
  server('payments', 'POST', '/charges'),
  server('inventory', 'GET', '/stock/:sku'),
  server('recommendations', 'GET', '/similar/:id'),
  server('search', 'GET', '/suggest'),
];

const inner: Operation[] = [
  query(
    'catalog',
    'SELECT items',
    'select id, title, price, currency from items where id = any($1) and deleted_at is null order by title limit 50',
  ),
  query(
    'inventory',
    'SELECT stock',
    'select sku, sum(quantity) as available from stock left join warehouse on warehouse.id = stock.warehouse_id where sku = $1 group by sku',
  ),
  query(
    'payments',
    'INSERT charges',
    'insert into charges (id, amount, currency, idempotency_key) values ($1, $2, $3, $4) returning id, created_at',
  ),
  client('recommendations', 'GET', 'http://catalog.internal/items?ids=90210'),
  {
    service: 'search',
    name: 'rank',
    kind: 1,
    attributes: [string('code.function.name', 'rankCandidates'), int('candidates', 240)],
  },
  { service: 'catalog', name: 'render', kind: 1, attributes: [string('code.function.name', 'renderTemplate')] },
];

function server(service: string, method: string, route: string): Operation {
  return {
    service,
    name: `${method} ${route}`,
    kind: 2,
    attributes: [
      string('http.request.method', method),
      string('http.route', route),
      string('url.path', route.replace(/:\w+/, '4711')),
      string('url.scheme', 'https'),
      string('server.address', `${service}.internal`),
      int('server.port', 8443),
      string('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36'),
    ],
  };
}

function client(service: string, method: string, url: string): Operation {
  return {
    service,
    name: method,
    kind: 3,
    attributes: [
      string('http.request.method', method),
      string('url.full', url),
      string('server.address', new URL(url).hostname),
      int('http.response.status_code', 200),
    ],
  };
}

function query(service: string, name: string, text: string): Operation {
  return {
    service,
    name,
    kind: 3,
    attributes: [string('db.system.name', 'postgresql'), string('db.namespace', 'shop'), string('db.query.text', text)],
  };
}

function string(key: string, stringValue: string): KeyValue {
  return { key, value: { stringValue } };
}

function int(key: string, value: number): KeyValue {
  return { key, value: { intValue: String(value) } };
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

function hex(random: () => number, digits: number): string {
  return Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** A small seeded generator, so that a sample is the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
