/**
 * Made-up spans, the same in every run: ten to a trace, in eight services, eleven attributes each and eight on the
 * resource, spread over one hour that begins at 2026-07-01T00:00:00Z.
 */
import { createHash } from 'node:crypto';

const hourNano = 3_600_000_000_000n;
const beginNano = BigInt(Date.UTC(2026, 6, 1)) * 1_000_000n;
const spansPerTrace = 10;
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const regions = ['eu-west-1', 'eu-central-1', 'us-east-1'];

export function traceIdOf(trace) {
  return createHash('md5').update(`trace ${trace}`).digest('hex');
}

/** A user makes some 5 of 100 traces in a row, and comes back. */
export function userOf(trace) {
  return `user-${Math.floor(random(Math.floor(trace / 5), 7) * 100_000)}`;
}

/** Spans `first` to `first + count`, of `total` in that hour, grouped by service as exporters send them. */
export function requestOf(first, count, total) {
  const byService = new Map();
  for (let number = first; number < Math.min(first + count, total); number++) {
    const service = Math.floor(random(number, 1) * 8);
    const spans = byService.get(service);
    const span = spanOf(number, service, total);
    if (spans) spans.push(span);
    else byService.set(service, [span]);
  }
  const resourceSpans = [...byService].map(([service, spans]) => ({
    resource: resourceOf(service, Math.floor(random(first, 2) * 4)),
    scopeSpans: [{ scope: { name: '@opentelemetry/instrumentation-http', version: '0.57.0' }, spans }],
  }));
  return { resourceSpans };
}

function spanOf(number, service, total) {
  const trace = Math.floor(number / spansPerTrace);
  const place = number % spansPerTrace;
  const ids = createHash('md5').update(`span ${trace}`).digest('hex');
  const spanId = (which) => (BigInt(`0x${ids.slice(0, 16)}`) ^ BigInt(which + 1)).toString(16).padStart(16, '0');
  const isError = random(number, 3) < 0.02;
  const part = Math.floor(random(number, 4) * 20);
  const durationNano = BigInt(Math.round(Math.exp(random(number, 5) * 8) * 50_000));
  const start =
    beginNano + (hourNano * BigInt(trace)) / BigInt(Math.ceil(total / spansPerTrace)) + BigInt(place * 1_000_003);
  const status = isError ? 500 : random(number, 6) < 0.01 ? 404 : 200;
  const text = (key, stringValue) => ({ key, value: { stringValue } });
  const int = (key, value) => ({ key, value: { intValue: String(value) } });
  return {
    traceId: traceIdOf(trace),
    spanId: spanId(place),
    ...(place > 0 ? { parentSpanId: spanId(Math.floor((place - 1) / 3)) } : {}),
    name: `GET /items/:id/part-${part}`,
    kind: place % 2 ? 3 : 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + durationNano),
    attributes: [
      text('http.request.method', methods[number % methods.length]),
      text('http.route', `/items/:id/part-${part}`),
      text('url.path', `/items/${Math.floor(random(trace, 8) * 1e6)}/part-${part}`),
      text('url.scheme', 'https'),
      text('server.address', `service-${service}.internal`),
      int('server.port', 8080),
      int('http.response.status_code', status),
      text('network.protocol.version', '1.1'),
      text('user.id', userOf(trace)),
      int('thread.id', number % 17),
      text('user_agent.original', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
    ],
    ...(isError ? { status: { code: 2, message: 'upstream failed' } } : {}),
  };
}

function resourceOf(service, instance) {
  const text = (key, stringValue) => ({ key, value: { stringValue } });
  return {
    attributes: [
      text('service.name', `service-${service}`),
      text('service.version', `1.${service}.0`),
      text('service.instance.id', `service-${service}-${instance}`),
      text('host.name', `host-${instance}`),
      text('cloud.region', regions[instance % regions.length]),
      { key: 'process.pid', value: { intValue: String(1000 + service * 10 + instance) } },
      text('process.runtime.name', 'nodejs'),
      text('telemetry.sdk.language', 'nodejs'),
    ],
  };
}

/** 0 ≤ number < 1, the same for the same arguments. */
function random(number, salt) {
  let x = Math.imul(number + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}
