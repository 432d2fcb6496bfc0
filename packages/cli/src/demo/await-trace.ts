/** Finds the trace of a request that the demo has sent, as soon as all of it has arrived. */
import { type Span, type TracesData, tracedSpans } from '@sightline/wire';
import type { BackendApi } from '../backend-api.ts';

export interface ExpectedTrace {
  /** What the proxy was asked for. */
  url: URL;
  services: readonly string[];
  startedUnixMs: number;
}

const patienceMs = 15_000;
const pollMs = 200;

/** @throws when it has not come in 15 s */
export async function awaitTrace(api: BackendApi, expected: ExpectedTrace, stopped: AbortSignal): Promise<TracesData> {
  let before = 0;
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    const trace = await findTrace(api, expected);
    const count = trace ? tracedSpans(trace).length : 0;
    if (trace && isWhole(trace, expected) && count === before) return trace;
    before = count;
    stopped.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Error(
    `the trace of GET ${expected.url.pathname}${expected.url.search} has not arrived within ${patienceMs / 1000} s (expected spans of ${expected.services.join(', ')})`,
  );
}

async function findTrace(api: BackendApi, { url, startedUnixMs }: ExpectedTrace): Promise<TracesData | undefined> {
  const start = new Date(startedUnixMs).toISOString();
  const { traces } = await api.search({ service: 'proxy', attribute: `span.url.path=${url.pathname}`, start });
  for (const { traceId } of traces) {
    const trace = await api.trace(traceId);
    if (tracedSpans(trace).some(({ span }) => isRequest(span, url))) return trace;
  }
  return undefined;
}

function isRequest(span: Span, url: URL): boolean {
  const value = (key: string): string | undefined =>
    span.attributes?.find((attribute) => attribute.key === key)?.value.stringValue;
  const query = url.search.slice(1);
  return span.kind === 2 && value('url.path') === url.pathname && (value('url.query') ?? '') === query;
}

/** Every service has spoken, and no span waits for its parent. */
function isWhole(trace: TracesData, { services }: ExpectedTrace): boolean {
  const spans = tracedSpans(trace);
  const names = new Set(spans.map(({ serviceName }) => serviceName));
  const ids = new Set(spans.map(({ span }) => span.spanId));
  return (
    services.every((name) => names.has(name)) &&
    spans.every(({ span }) => !span.parentSpanId || ids.has(span.parentSpanId))
  );
}
