/** For tests: traces whose ids never repeat, and how to send them to a server. */
import { type TracesData, writeTraces } from '@sightline/wire';

let nextId = 1;

/** A trace of `count` spans. @param service its `service.name` */
export function traceOf(count: number, service = 'cart'): TracesData {
  const traceId = (nextId++).toString(16).padStart(32, '0');
  const startTimeUnixNano = `${Date.now()}000000`;
  const spans = Array.from({ length: count }, () => ({
    traceId,
    spanId: (nextId++).toString(16).padStart(16, '0'),
    name: 'work',
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano,
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
}

export function spanIdsOf(traces: TracesData): string[] {
  return traces.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map((span) => span.spanId)),
  );
}

/** @param otlpHttp a server's address */
export function sendTraces(otlpHttp: string | undefined, traces: TracesData): Promise<Response> {
  return fetch(`${otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(writeTraces(traces)),
  });
}
