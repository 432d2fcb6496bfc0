import { createRequire } from 'node:module';
import type { Span, TracesData } from '@sightline/wire';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundsMs, SpanCounters } from '../query/span-counters.ts';
import { type ApiFixture, openApiFixture } from './api.fixture.ts';
import { spanMetricsText } from './prometheus-spans.ts';

const require = createRequire(import.meta.url);
/** A parser that is not ours; it has no types. */
const parse = require('parse-prometheus-text-format') as (text: string) => Family[];

interface Family {
  name: string;
  type: string;
  metrics: { labels?: Record<string, string>; value?: string }[];
}

let api: ApiFixture;
let spanCount = 0;
beforeAll(async () => {
  api = await openApiFixture();
});
afterAll(() => api.remove());

function traces(service: string, spans: Partial<Span & { ms: number }>[]): TracesData {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
        scopeSpans: [
          {
            spans: spans.map(({ ms = 1, ...span }) => ({
              traceId: 'ab'.repeat(16),
              spanId: (++spanCount).toString(16).padStart(16, '0'),
              name: 'work',
              startTimeUnixNano: '1790000000000000000',
              endTimeUnixNano: String(1_790_000_000_000_000_000n + BigInt(ms * 1e6)),
              ...span,
            })),
          },
        ],
      },
    ],
  };
}

async function scrape(query = ''): Promise<Record<string, Family>> {
  const { status, headers, body } = await api.get(`/metrics/spans${query}`);
  expect(status, String(body)).toBe(200);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  return Object.fromEntries(parse(String(body)).map((family) => [family.name, family]));
}

const calls = 'traces_span_metrics_calls_total';
const durations = 'traces_span_metrics_duration_milliseconds';

test('counters begin with the first question, and then count each span once', async () => {
  await api.insert(traces('before', [{}]));
  expect((await scrape())[calls]?.metrics ?? []).toEqual([]);

  const odd = 'a "quoted" \\ name\nin two lines';
  await api.insert(
    traces('shop', [
      { name: odd, kind: 2, ms: 3 },
      { name: odd, kind: 2, ms: 8 },
      { name: odd, kind: 2, status: { code: 2 }, ms: 20_000 },
      { kind: 5, status: { code: 1 } },
    ]),
  );
  const labels = { service_name: 'shop', span_name: odd, span_kind: 'SPAN_KIND_SERVER' };
  const first = await scrape();
  expect(first[calls]?.type).toBe('COUNTER');
  expect(sorted(first[calls])).toEqual([
    { value: '1', labels: { ...labels, status_code: 'STATUS_CODE_ERROR' } },
    {
      value: '1',
      labels: {
        service_name: 'shop',
        span_name: 'work',
        span_kind: 'SPAN_KIND_CONSUMER',
        status_code: 'STATUS_CODE_OK',
      },
    },
    { value: '2', labels: { ...labels, status_code: 'STATUS_CODE_UNSET' } },
  ]);
  expect(await scrape(), 'nothing has come').toEqual(first);

  await api.insert(traces('shop', [{ name: odd, kind: 2, ms: 10 }]));
  const second = await scrape();
  expect(second[durations]?.type).toBe('HISTOGRAM');
  // The parser merges histograms that differ only in labels, so these are looked at as they are.
  const { body } = await api.get('/metrics/spans');
  const text = `service_name="shop",span_name="a \\"quoted\\" \\\\ name\\nin two lines",span_kind="SPAN_KIND_SERVER",status_code="STATUS_CODE_UNSET"`;
  const lines = String(body).split('\n');
  expect(lines.filter((line) => line.startsWith(durations) && line.includes(text))).toEqual([
    ...boundsMs.map((ms) => `${durations}_bucket{${text},le="${ms}"} ${[3, 8, 10].filter((own) => own <= ms).length}`),
    `${durations}_bucket{${text},le="+Inf"} 3`,
    `${durations}_sum{${text}} 21`,
    `${durations}_count{${text}} 3`,
  ]);
});

test('names that cannot be told apart from each other any more are one series', async () => {
  await scrape();
  await api.insert(traces('odd', [{ kind: 77 as 5, status: { code: 9 as 2 } }, { kind: 78 as 5 }]));
  const { metrics = [] } = (await scrape())[calls] ?? {};
  const odd = metrics.filter(({ labels }) => labels?.service_name === 'odd');
  expect(odd).toEqual([
    {
      value: '2',
      labels: {
        service_name: 'odd',
        span_name: 'work',
        span_kind: 'SPAN_KIND_UNSPECIFIED',
        status_code: 'STATUS_CODE_UNSET',
      },
    },
  ]);
});

test('the namespace can be another one, or none', async () => {
  expect(Object.keys(await scrape('?namespace=span_metrics'))).toContain('span_metrics_calls_total');
  expect(Object.keys(await scrape('?namespace=none'))).toContain('duration_milliseconds');
  const { status, body } = await api.get('/metrics/spans?namespace=a-b');
  expect([status, body]).toEqual([400, expect.stringMatching(/^namespace="a-b" cannot begin a metric's name/)]);
});

test('names without end are counted together, and none is lost', async () => {
  const counters = new SpanCounters(api.store, { maxSeries: 3 });
  await counters.read();
  await api.insert(
    traces(
      'hostile',
      ['a', 'a', 'b', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name })),
    ),
  );
  await counters.read();
  await api.insert(
    traces(
      'hostile',
      ['a', 'f', 'g'].map((name) => ({ name })),
    ),
  );
  const series = await counters.read();
  const named = series.filter(({ isRest }) => !isRest);
  const rest = series.filter(({ isRest }) => isRest);
  expect(named.map(({ name, calls }) => [name, calls])).toEqual(
    expect.arrayContaining([
      ['a', 3],
      ['b', 2],
    ]),
  );
  expect(named).toHaveLength(3);
  expect(rest).toHaveLength(1);
  expect(series.reduce((sum, { calls }) => sum + calls, 0)).toBe(11);
  expect(spanMetricsText(series, '')).toContain(`sightline_span_metrics_overflow_spans_total ${rest[0]?.calls}\n`);
  expect(spanMetricsText(series, '')).toContain(`calls_total{otel_metric_overflow="true"} ${rest[0]?.calls}\n`);
});

test('after a pause they begin again from zero', async () => {
  let now = Date.now();
  const counters = new SpanCounters(api.store, { now: () => now });
  await counters.read();
  await api.insert(traces('paused', [{}]));
  expect(await counters.read()).toMatchObject([{ service: 'paused', calls: 1 }]);
  now += 6 * 60_000;
  expect(await counters.read()).toEqual([]);
});

function sorted(family: Family | undefined): Family['metrics'] {
  return (family?.metrics ?? []).toSorted((a, b) =>
    JSON.stringify([a.value, a.labels]) < JSON.stringify([b.value, b.labels]) ? -1 : 1,
  );
}
