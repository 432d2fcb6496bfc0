/**
 * Made-up traffic of a shop, the same in every run: 12 services, traces of 4 to 17 spans that cross them, 11 attributes a
 * span, one trace in 50 with an error. Requests are what exporters send: 500 spans of one process.
 */
export const services = [
  'gateway',
  'accounts',
  'cart',
  'catalog',
  'checkout',
  'emails',
  'inventory',
  'payments',
  'pricing',
  'recommendations',
  'search',
  'shipping',
];
const kinds = { server: 2, client: 3 };
const tables = ['users', 'orders', 'items', 'prices', 'stock', 'parcels', 'carts', 'reviews'];
const verbs = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
];
const instancesPerService = 3;

/** A sequence of numbers in [0, 1) that begins anew with each seed (mulberry32). */
export function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * The spans of trace `number`, each with its `service` and `instance`, in the JSON form of OTLP.
 * @param startNano when its first span starts, bigint
 */
export function traceOf(number, startNano) {
  const random = randomOf(number);
  const hex = (digits) =>
    Array.from({ length: digits / 8 }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
  const trace = {
    random,
    traceId: `${(number + 1).toString(16).padStart(8, '0')}${hex(24)}`,
    spanId: () => hex(16),
    userId: userOf(random()),
    isFailing: random() < 0.02,
    size: 4 + Math.floor(random() * 14),
  };
  const spans = [];
  addServer(spans, trace, requestTo(0, random), undefined, startNano, Math.exp(random() * 5) * 4_000_000);
  for (let i = 0; spans.length < trace.size; i++) addCall(spans, trace, spans[Math.floor(i / 2) * 2] ?? spans[0]);
  return spans.slice(0, trace.size);
}

/** 100,000 of them. @param share 0 to 1 */
function userOf(share) {
  return `user-${String(Math.floor(share * 100_000)).padStart(5, '0')}`;
}

/** What a server does inside: it asks another service, or its database. */
function addCall(spans, trace, parent) {
  const { random } = trace;
  const start = BigInt(parent.startTimeUnixNano) + BigInt(Math.floor(parent.durationNano * 0.1 * random()));
  const durationNano = parent.durationNano * (0.1 + 0.7 * random());
  if (random() < 0.4) addQuery(spans, trace, parent, start, durationNano);
  else {
    const request = requestTo(1 + Math.floor(random() * 11), random);
    const client = addClient(spans, trace, parent, request, start, durationNano);
    addServer(spans, trace, request, client, start + 200_000n, durationNano * 0.9);
  }
}

/** What both of its ends see of a request. */
function requestTo(service, random) {
  const route = `/${services[service]}/:id/part-${Math.floor(random() * 20)}`;
  const method = verbs[Math.floor(random() * verbs.length)];
  return { service, method, route, path: route.replace(':id', String(Math.floor(random() * 1e6))) };
}

function addServer(spans, trace, { service, method, route, path }, parent, start, durationNano) {
  const { random } = trace;
  const isError = trace.isFailing && random() < 0.5;
  const name = `${method} ${route}`;
  const about = { service, parent, start, durationNano, isError, kind: kinds.server, name };
  const octet = () => Math.floor(random() * 255);
  return push(spans, trace, about, [
    text('http.request.method', method),
    text('http.route', route),
    text('url.path', path),
    text('url.scheme', 'https'),
    text('server.address', `${services[service]}.shop.internal`),
    int('server.port', 8443),
    int('http.response.status_code', isError ? 500 : 200),
    text('network.protocol.version', '1.1'),
    text('client.address', parent ? `10.0.${parent.service}.${parent.instance}` : `198.51.${octet()}.${octet()}`),
    text('user.id', trace.userId),
    text('user_agent.original', parent ? 'node' : agents[Math.floor(random() * agents.length)]),
  ]);
}

function addClient(spans, trace, parent, { service, method, path }, start, durationNano) {
  const about = {
    service: parent.service,
    parent,
    start,
    durationNano,
    isError: false,
    kind: kinds.client,
    name: method,
  };
  return push(spans, trace, about, [
    text('http.request.method', method),
    text('url.full', `https://${services[service]}.shop.internal:8443${path}`),
    text('server.address', `${services[service]}.shop.internal`),
    int('server.port', 8443),
    int('http.response.status_code', 200),
    text('network.protocol.version', '1.1'),
    text('network.peer.address', `10.1.0.${service}`),
    int('network.peer.port', 8443),
    int('thread.id', Math.floor(trace.random() * 16)),
    text('peer.service', services[service]),
    text('user.id', trace.userId),
  ]);
}

function addQuery(spans, trace, parent, start, durationNano) {
  const { random } = trace;
  const table = tables[Math.floor(random() * tables.length)];
  const name = `SELECT ${table}`;
  const about = { service: parent.service, parent, start, durationNano, isError: false, kind: kinds.client, name };
  return push(spans, trace, about, [
    text('db.system.name', 'postgresql'),
    text('db.namespace', 'shop'),
    text('db.operation.name', 'SELECT'),
    text('db.collection.name', table),
    text('db.query.text', `SELECT * FROM ${table} WHERE id = $1 AND deleted_at IS NULL ORDER BY created_at LIMIT 50`),
    text('server.address', 'db.shop.internal'),
    int('server.port', 5432),
    text('network.peer.address', '10.2.0.1'),
    int('network.peer.port', 5432),
    int('db.response.returned_rows', Math.floor(random() * 50)),
    text('user.id', trace.userId),
  ]);
}

function push(spans, trace, { service, parent, start, durationNano, isError, kind, name }, attributes) {
  const span = {
    service,
    instance: Math.floor(trace.random() * instancesPerService),
    durationNano,
    traceId: trace.traceId,
    spanId: trace.spanId(),
    ...(parent ? { parentSpanId: parent.spanId } : {}),
    name,
    kind,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(Math.floor(durationNano))),
    attributes,
    ...(isError ? { status: { code: 2, message: 'upstream failed' } } : {}),
  };
  spans.push(span);
  return span;
}

const text = (key, stringValue) => ({ key, value: { stringValue } });
const int = (key, value) => ({ key, value: { intValue: String(value) } });

/**
 * Requests of `requestSpans` spans each, as the processes of the services would send them.
 * @param traceAt when trace number i starts, bigint of nanoseconds
 * @returns {requests: TracesData[], traces: how many began}
 */
export function requestsOf(firstTrace, requestCount, requestSpans, traceAt) {
  const processes = new Processes(requestSpans);
  let trace = firstTrace;
  for (; processes.requests.length < requestCount; trace++) {
    for (const span of traceOf(trace, traceAt(trace))) processes.add(span);
  }
  return { requests: processes.requests.slice(0, requestCount), traces: trace - firstTrace };
}

/** Spans on their way out of the processes in which they were made. */
export class Processes {
  /** Those that are full. */
  requests = [];
  #waiting = new Map();
  #requestSpans;

  constructor(requestSpans) {
    this.#requestSpans = requestSpans;
  }

  /** A span of `traceOf`. */
  add(span) {
    const process = span.service * instancesPerService + span.instance;
    if (!this.#waiting.has(process)) this.#waiting.set(process, []);
    const spans = this.#waiting.get(process);
    if (spans.push(span) === this.#requestSpans)
      this.requests.push(requestOf(span.service, span.instance, spans.splice(0)));
  }

  /** What is not full is sent too. */
  flush() {
    for (const spans of this.#waiting.values()) {
      const [first] = spans;
      if (first) this.requests.push(requestOf(first.service, first.instance, spans.splice(0)));
    }
  }
}

function requestOf(service, instance, spans) {
  const attributes = [
    text('service.name', services[service]),
    text('service.version', `1.${service}.0`),
    text('service.instance.id', `${services[service]}-${instance}`),
    text('host.name', `host-${instance}`),
    text('deployment.environment.name', 'production'),
    int('process.pid', 1000 + service * 10 + instance),
    text('process.runtime.name', 'nodejs'),
    text('telemetry.sdk.language', 'nodejs'),
  ];
  const own = spans.map(({ service: _, instance: __, durationNano: ___, ...span }) => span);
  const scope = { name: '@opentelemetry/instrumentation-http', version: '0.57.0' };
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans: own }] }] };
}
