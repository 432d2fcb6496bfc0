/** For tests: the whole API over a real store, asked without a port. */
import type { KeyValue, Span, TracesData } from '@sightline/wire';
import fastify, { type FastifyInstance } from 'fastify';
import { Dependencies } from '../query/dependencies.ts';
import { openStoreFixture, type StoreFixture } from '../query/store.fixture.ts';
import { registerApi } from './register.ts';

export interface ApiFixture extends StoreFixture {
  app: FastifyInstance;
  /** Every path with a route, as fastify writes it. */
  paths: string[];
  setReady(ready: boolean | string): void;
  get(url: string): Promise<{ status: number; headers: Record<string, unknown>; body: unknown }>;
}

export async function openApiFixture(): Promise<ApiFixture> {
  const fixture = await openStoreFixture();
  const app = fastify();
  const paths: string[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') paths.push(route.url);
  });
  let isReady: boolean | string = true;
  registerApi(app, {
    store: fixture.store,
    version: '1.2.3',
    dependencies: new Dependencies(),
    metrics: async () => 'sightline_spans_received_total 3\n',
    ready: () => isReady,
    status: async () => ({
      version: '1.2.3',
      startedUnixNano: '1790000000000000000',
      addresses: { http: 'http://127.0.0.1:16686' },
      ...(await fixture.store.stats()),
      retention: { maxAgeSeconds: 604_800, maxDiskBytes: 20_000_000_000 },
      spool: { state: 'ok', sizeBytes: 8, maxBytes: 2_000_000_000, segmentCount: 1, refusedRequests: 0 },
    }),
  });
  await app.ready();
  return {
    ...fixture,
    app,
    paths,
    setReady: (ready) => {
      isReady = ready;
    },
    async get(url) {
      const { statusCode, headers, body } = await app.inject({ method: 'GET', url });
      const isJson = String(headers['content-type']).startsWith('application/json');
      return { status: statusCode, headers, body: isJson ? JSON.parse(body) : body };
    },
    async remove() {
      await app.close();
      await fixture.remove();
    },
  };
}

export const storyTraceId = '0af7651916cd43dd8448eb211c80319c';
export const storyStart = 1_790_000_000_000_000_000n;
const millisecond = 1_000_000n;

/** The demo's story: a proxy calls a slow upstream, which takes three seconds. */
export const story: TracesData = {
  resourceSpans: [
    resourceSpans('proxy', [
      span('00000000000000a1', undefined, 'GET /', 2, 0n, 3020n, {
        'http.route': { stringValue: '/' },
        'http.response.status_code': { intValue: '200' },
      }),
      span('00000000000000a2', '00000000000000a1', 'GET', 3, 5n, 3015n, {
        'server.address': { stringValue: 'localhost' },
      }),
    ]),
    resourceSpans('slow-upstream', [
      span('00000000000000b1', '00000000000000a2', 'GET /delay/:ms', 2, 8n, 3010n, {
        'http.route': { stringValue: '/delay/:ms' },
        'http.response.status_code': { intValue: '200' },
      }),
    ]),
  ],
};

function resourceSpans(service: string, spans: Span[]): TracesData['resourceSpans'][number] {
  const attributes = [{ key: 'service.name', value: { stringValue: service } }];
  return { resource: { attributes }, scopeSpans: [{ scope: { name: 'sightline', version: '0.1.0' }, spans }] };
}

function span(
  spanId: string,
  parentSpanId: string | undefined,
  name: string,
  kind: 2 | 3,
  startMs: bigint,
  endMs: bigint,
  attributes: Record<string, KeyValue['value']>,
): Span {
  return {
    traceId: storyTraceId,
    spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    name,
    kind,
    startTimeUnixNano: String(storyStart + startMs * millisecond),
    endTimeUnixNano: String(storyStart + endMs * millisecond),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
  };
}
