/** Traces to send to a backend, as OTLP JSON: the demo's slow request, a failed one, and a very large one. */
import type { KeyValue, ResourceSpans, Span, TracesData } from '@sightline/wire';
import { eventually } from './sightline.ts';

export interface SampleTrace {
  traceId: string;
  data: TracesData;
}

const startUnixNano = (): bigint => BigInt(Date.now() - 20_000) * 1_000_000n;

/** `GET /?url=…/delay/3000`: proxy asks slow, and slow takes its time. */
export function slowTrace(): SampleTrace {
  const make = spanMaker('7f3a9c0de1b24c5aa9917c2b33d0e4f1');
  const root = make('a1', undefined, 'GET /', 2, 0, 3021, { 'http.request.method': 'GET', 'http.route': '/' });
  const call = make('a2', 'a1', 'GET', 3, 6, 3015, {
    'http.request.method': 'GET',
    'url.full': 'http://localhost:4002/delay/3000',
  });
  const slow = make('b1', 'a2', 'GET /delay/:ms', 2, 9, 3012, {
    'http.request.method': 'GET',
    'http.route': '/delay/:ms',
  });
  return { traceId: root.traceId, data: { resourceSpans: [service('proxy', root, call), service('slow', slow)] } };
}

/** A request that broke, with its exception and the query before it. */
export function failedTrace(): SampleTrace {
  const make = spanMaker('5bd2f0c4a8e94b1d9c3f6e7a8b9c0d1e');
  const root = make('c1', undefined, 'POST /checkout', 2, 0, 120, { 'http.request.method': 'POST' });
  const query = make('d1', 'c1', 'SELECT stock', 3, 5, 60, {
    'db.system.name': 'postgresql',
    'db.query.text': 'select sku, quantity from stock where sku = $1 and warehouse_id = $2 limit 1',
  });
  root.status = { code: 2, message: 'out of stock' };
  root.events = [
    {
      timeUnixNano: root.endTimeUnixNano,
      name: 'exception',
      attributes: attributesOf({
        'exception.type': 'OutOfStock',
        'exception.message': 'none left of 4711',
        'exception.stacktrace': 'OutOfStock: none left of 4711\n    at checkout (/app/checkout.js:12:9)',
      }),
    },
  ];
  return { traceId: root.traceId, data: { resourceSpans: [service('shop', root, query)] } };
}

/** A root with ten branches of branches, `count` spans together. */
export function largeTrace(count: number): SampleTrace {
  const make = spanMaker('10000000000000000000000000010000');
  const spans = Array.from({ length: count }, (_, n) => {
    const parent = n === 0 ? undefined : `e${Math.floor((n - 1) / 10)}`;
    const start = n === 0 ? 0 : (n / count) * 900;
    return make(`e${n}`, parent, `step ${n}`, 1, start, n === 0 ? 1000 : start + 90, {});
  });
  return { traceId: spans[0]?.traceId ?? '', data: { resourceSpans: [service('bulk', ...spans)] } };
}

/** One more span of the slow trace: a child of its root that came after the others. */
export function lateSpan(): SampleTrace {
  const make = spanMaker('7f3a9c0de1b24c5aa9917c2b33d0e4f1');
  const late = make('a9', 'a1', 'write the log', 1, 100, 200, {});
  return { traceId: late.traceId, data: { resourceSpans: [service('proxy', late)] } };
}

/** What no reader should trust: markup, texts from right to left, and values without end. */
export function hostileTrace(): SampleTrace {
  const make = spanMaker('bad0bad0bad0bad0bad0bad0bad0bad0');
  const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  const root = make('f1', undefined, markup, 2, 0, 40, {
    markup,
    'url.full': 'javascript:alert(1)',
    'http.request.method': 'GET',
    document: 'x'.repeat(20_000),
    greeting: 'مرحبا بالعالم 👩‍👩‍👧‍👦',
  });
  const unnamed = make('f2', 'f1', '', 1, 1, 2, {});
  return { traceId: root.traceId, data: { resourceSpans: [service(`${markup}${'-long'.repeat(30)}`, root, unnamed)] } };
}

export interface Backend {
  http: string;
  otlpHttp: string;
  token?: string;
}

/** Sends the traces and waits until each can be read in full. */
export async function store(backend: Backend, ...traces: SampleTrace[]): Promise<void> {
  for (const trace of traces) await send(backend, trace);
  for (const { traceId, data } of traces) {
    const expected = data.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)).length;
    await eventually(async () => {
      const answer = await fetch(`${backend.http}/api/v1/traces/${traceId}`, { headers: authorization(backend) });
      const stored = answer.ok ? (await answer.text()).split('"spanId"').length - 1 : 0;
      if (stored < expected) throw new Error(`${stored} of ${expected} spans of ${traceId} are stored`);
    });
  }
}

export async function send(backend: Backend, { data }: SampleTrace): Promise<void> {
  const response = await fetch(`${backend.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(backend) },
    body: JSON.stringify(data),
  });
  if (!response.ok) throw new Error(`OTLP was refused: ${response.status} ${await response.text()}`);
}

function authorization({ token }: Backend): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** Ids are short names, padded; times are milliseconds from the trace's start. */
function spanMaker(traceId: string) {
  const origin = startUnixNano();
  return (
    id: string,
    parent: string | undefined,
    name: string,
    kind: 1 | 2 | 3,
    startMs: number,
    endMs: number,
    attributes: Record<string, string>,
  ): Span => ({
    traceId,
    spanId: spanId(id),
    ...(parent !== undefined && { parentSpanId: spanId(parent) }),
    name,
    kind,
    startTimeUnixNano: String(origin + BigInt(Math.round(startMs * 1e6))),
    endTimeUnixNano: String(origin + BigInt(Math.round(endMs * 1e6))),
    attributes: attributesOf(attributes),
  });
}

export function spanId(name: string): string {
  return Buffer.from(name).toString('hex').padStart(16, '0');
}

function service(name: string, ...spans: Span[]): ResourceSpans {
  return { resource: { attributes: attributesOf({ 'service.name': name }) }, scopeSpans: [{ spans }] };
}

function attributesOf(attributes: Record<string, string>): KeyValue[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
