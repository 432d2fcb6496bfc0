/** An hour of a small shop's requests, for pages about many traces: the same every time, but for when it was. */
import type { KeyValue, ResourceSpans, Span, SpanKindNumber } from '@sightline/wire';
import { type Backend, send } from './sample-spans.ts';
import { eventually } from './sightline.ts';

export interface Traffic {
  traceCount: number;
  failedCount: number;
}

const minuteNano = 60_000_000_000n;

/**
 * Each trace: `gateway` gets a request and asks `cart` or `checkout`, which asks PostgreSQL. One in ten takes a second
 * instead of 20 to 60 milliseconds; one in five of checkout's fails.
 */
export async function sendTraffic(backend: Backend, traceCount = 60): Promise<Traffic> {
  const endNano = BigInt(Date.now()) * 1_000_000n - minuteNano;
  const traces = Array.from({ length: traceCount }, (_, n) =>
    traceOf(n, endNano - (BigInt(n) * 50n * minuteNano) / BigInt(traceCount)),
  );
  const spans = traces.flat();
  const services = ['gateway', 'cart', 'checkout'];
  const resourceSpans = services.map((name) =>
    resource(
      name,
      spans.filter(({ service }) => service === name),
    ),
  );
  await send(backend, { traceId: '', data: { resourceSpans } });
  await waitForSpans(backend, spans.length);
  return { traceCount, failedCount: traces.filter((trace) => trace.some(({ status }) => status?.code === 2)).length };
}

type SampleSpan = Span & { service: string };

function traceOf(n: number, startNano: bigint): SampleSpan[] {
  const isCheckout = n % 3 === 0;
  const service = isCheckout ? 'checkout' : 'cart';
  const route = isCheckout ? '/checkout' : '/cart/:id';
  const tookMs = n % 10 === 0 ? 1000 : 20 + (n % 5) * 10;
  const failed = isCheckout && n % 15 === 0;
  const span = (
    order: number,
    parent: number | undefined,
    at: string,
    name: string,
    kind: SpanKindNumber,
    share: number,
  ) => ({
    service: at,
    traceId: id(n + 1, 32),
    spanId: id(n * 10 + order, 16),
    ...(parent !== undefined && { parentSpanId: id(n * 10 + parent, 16) }),
    name,
    kind,
    startTimeUnixNano: String(startNano + BigInt(order) * 1_000_000n),
    endTimeUnixNano: String(startNano + BigInt(order) * 1_000_000n + BigInt(Math.round(tookMs * share * 1e6))),
    attributes: [] as KeyValue[],
  });
  const request = { ...span(1, undefined, 'gateway', `GET ${route}`, 2, 1), attributes: [text('http.route', route)] };
  const call = { ...span(2, 1, 'gateway', 'GET', 3, 0.9), attributes: [text('server.address', service)] };
  const served = {
    ...span(3, 2, service, `GET ${route}`, 2, 0.8),
    attributes: [text('http.route', route), int('http.response.status_code', failed ? 500 : 200)],
    ...(failed && { status: { code: 2 as const, message: 'no stock' } }),
  };
  const query = {
    ...span(4, 3, service, 'SELECT items', 3, 0.5),
    attributes: [text('db.system.name', 'postgresql'), text('db.namespace', 'shop'), int('db.rows', n % 7)],
  };
  return [request, call, served, query];
}

function resource(name: string, spans: SampleSpan[]): ResourceSpans {
  const own = spans.map(({ service: _service, ...span }) => span);
  return { resource: { attributes: [text('service.name', name)] }, scopeSpans: [{ spans: own }] };
}

async function waitForSpans({ http }: Backend, count: number): Promise<void> {
  await eventually(async () => {
    const status = (await (await fetch(`${http}/api/v1/status`)).json()) as { spanCount: number };
    if (status.spanCount < count) throw new Error(`${status.spanCount} of ${count} spans are stored`);
  });
}

function id(number: number, digits: number): string {
  return (number + 0xa0000).toString(16).padStart(digits, '0');
}

function text(key: string, stringValue: string): KeyValue {
  return { key, value: { stringValue } };
}

function int(key: string, value: number): KeyValue {
  return { key, value: { intValue: String(value) } };
}
