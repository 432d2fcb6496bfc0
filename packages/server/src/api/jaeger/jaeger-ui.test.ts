/**
 * What the published Jaeger UI asks for, as its requests were recorded in a browser: 1.62 and 2.19 on the same data, both
 * unmodified. Each is answered with what that page then reads. `docs/jaeger-ui.md` tells how they were looked at.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from '../api.fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
});
afterAll(() => api.remove());

const start = String(storyStart / 1000n);
const end = String(storyStart / 1000n + 3_600_000_000n);
const iso = (micros: string): string => new Date(Number(micros) / 1000).toISOString();

/** As the UI's own list of results needs it. */
const legacyTrace = {
  traceID: storyTraceId,
  spans: expect.arrayContaining([
    {
      traceID: storyTraceId,
      spanID: '00000000000000b1',
      operationName: 'GET /delay/:ms',
      references: [{ refType: 'CHILD_OF', traceID: storyTraceId, spanID: '00000000000000a2' }],
      startTime: expect.any(Number),
      duration: 3_002_000,
      tags: expect.arrayContaining([{ key: 'span.kind', type: 'string', value: 'server' }]),
      logs: [],
      processID: 'p2',
      warnings: null,
    },
  ]),
  processes: { p1: { serviceName: 'proxy', tags: [] }, p2: { serviceName: 'slow-upstream', tags: [] } },
  warnings: null,
};

const summary = {
  traceId: storyTraceId,
  rootServiceName: 'proxy',
  rootOperationName: 'GET /',
  minStartTimeUnixNano: String(storyStart),
  maxEndTimeUnixNano: String(storyStart + 3_020_000_000n),
  spanCount: 3,
  errorSpanCount: 0,
  orphanSpanCount: 0,
  services: [
    { name: 'proxy', spanCount: 2, errorSpanCount: 0 },
    { name: 'slow-upstream', spanCount: 1, errorSpanCount: 0 },
  ],
};

const tags = encodeURIComponent('{"http.route":"/"}');

test.each([
  ['1.62, services', '/api/services', { data: ['proxy', 'slow-upstream'] }],
  ['1.62, operations', '/api/services/proxy/operations', { data: ['GET', 'GET /'] }],
  [
    '1.62, search',
    `/api/traces?end=${end}&limit=20&lookback=1h&maxDuration&minDuration&service=proxy&start=${start}`,
    { data: [legacyTrace] },
  ],
  [
    '1.62, search with all fields',
    `/api/traces?end=${end}&limit=1500&lookback=custom&maxDuration=5s&minDuration=10ms&operation=GET%20%2F&service=proxy&start=${start}&tags=${tags}`,
    { data: [legacyTrace] },
  ],
  ['both, trace', `/api/traces/${storyTraceId}`, { data: [legacyTrace] }],
  [
    '1.62, compare',
    `/api/traces?traceID=${storyTraceId}&traceID=${storyTraceId}`,
    { data: [legacyTrace, legacyTrace] },
  ],
  [
    'both, monitor',
    `/api/metrics/latencies?service=proxy&endTs=${Number(start) / 1000 + 120_000}&lookback=3600000&quantile=0.75&ratePer=600000&spanKind=server&step=60000`,
    { name: 'service_latencies', metrics: [{ labels: [{ value: 'proxy' }], metricPoints: expect.any(Array) }] },
  ],
  [
    'both, monitor by operation',
    `/api/metrics/calls?service=proxy&endTs=${Number(start) / 1000 + 120_000}&groupByOperation=true&lookback=3600000&quantile=0.95&ratePer=600000&spanKind=server&step=60000`,
    { name: 'service_operation_call_rate', metrics: [{ labels: [{}, { name: 'operation', value: 'GET /' }] }] },
  ],
  ['2.19, services', '/api/v3/services', { services: ['proxy', 'slow-upstream'] }],
  [
    '2.19, operations',
    '/api/v3/operations?service=proxy',
    {
      operations: [
        { name: 'GET', spanKind: 'client' },
        { name: 'GET /', spanKind: 'server' },
      ],
    },
  ],
  [
    '2.19, search',
    `/api/v3/trace-summaries?query.serviceName=proxy&query.startTimeMin=${iso(start)}&query.startTimeMax=${iso(end)}&query.searchDepth=20`,
    { summaries: [summary] },
  ],
  [
    '2.19, search with all fields',
    `/api/v3/trace-summaries?query.serviceName=proxy&query.operationName=GET+%2F&query.startTimeMin=${iso(start)}&query.startTimeMax=${iso(end)}&query.searchDepth=1500&query.durationMin=10ms&query.durationMax=5s&query.attributes=${tags}`,
    { summaries: [summary] },
  ],
])('%s', async (_, url, body) => {
  expect(await api.get(url)).toMatchObject({ status: 200, body });
});
