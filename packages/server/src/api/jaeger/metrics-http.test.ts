import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart } from '../api.fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
});
afterAll(() => api.remove());

const minuteMs = 60_000;
/** The end of the minute in which the story starts. */
const storyMs = Number(storyStart / 1_000_000n);
const firstMs = storyMs - (storyMs % minuteMs) + minuteMs;
/** As Jaeger UI asks, but for the last five minutes: three before the story can be seen, and two at which it can. */
const range = `service=proxy&endTs=${firstMs + minuteMs}&lookback=${4 * minuteMs}&step=${minuteMs}&ratePer=600000`;

async function values(url: string): Promise<{ name: string; series: Record<string, (number | string)[]> }> {
  const { status, body } = await api.get(`/api/metrics/${url}`);
  expect(status).toBe(200);
  const { name, metrics } = body as {
    name: string;
    metrics: {
      labels: { name: string; value: string }[];
      metricPoints: { gaugeValue: { doubleValue: number }; timestamp: string }[];
    }[];
  };
  const series = metrics.map(({ labels, metricPoints }) => {
    expect(metricPoints.at(-1)?.timestamp).toBe(new Date(firstMs + minuteMs).toISOString());
    return [labels.map(({ value }) => value).join(' '), metricPoints.map(({ gaugeValue }) => gaugeValue.doubleValue)];
  });
  return { name, series: Object.fromEntries(series) };
}

test('calls are per second, over the time that each point looks back on', async () => {
  const rate = 1 / 600;
  expect(await values(`calls?${range}`)).toEqual({
    name: 'service_call_rate',
    series: { proxy: [0, 0, 0, rate, rate] },
  });
});

test('latencies are milliseconds, errors a share', async () => {
  const { name, series } = await values(`latencies?${range}&quantile=0.75`);
  expect(name).toBe('service_latencies');
  expect(series.proxy?.slice(0, 3)).toEqual(['NaN', 'NaN', 'NaN']);
  expect(Math.abs(Number(series.proxy?.[3]) - 3020)).toBeLessThan(3020 * 0.033);
  expect(await values(`errors?${range}`)).toEqual({
    name: 'service_error_rate',
    series: { proxy: ['NaN', 'NaN', 'NaN', 0, 0] },
  });
});

test('by operation and kind', async () => {
  expect(await values(`calls?${range}&groupByOperation=true`)).toMatchObject({
    name: 'service_operation_call_rate',
    series: { 'proxy GET /': expect.any(Array) },
  });
  const { series } = await values(`calls?${range}&groupByOperation=true&spanKind=client&spanKind=SPAN_KIND_SERVER`);
  expect(Object.keys(series).sort()).toEqual(['proxy GET', 'proxy GET /']);
});

test('the shortest step is a minute', async () => {
  expect((await api.get('/api/metrics/minstep')).body).toMatchObject({ data: minuteMs });
  expect((await values(`calls?${range.replace(/step=\d+/, 'step=5000')}`)).series.proxy).toHaveLength(5);
});

test.each([
  ['calls', 'please provide at least one service name'],
  ['latencies?service=proxy', 'Which latency? Give a quantile'],
  ['latencies?service=proxy&quantile=95', 'quantile="95" is not a number from 0 to 1'],
  ['calls?service=proxy&endTs=now', 'endTs="now" is not a number of milliseconds'],
  ['calls?service=proxy&spanKind=odd', "unsupported span kind: 'odd'"],
  [`calls?service=proxy&lookback=${minuteMs * 20_000}`, 'ask for 10000 at most'],
])('%s says what is wrong', async (url, message) => {
  expect(await api.get(`/api/metrics/${url}`)).toMatchObject({
    status: 400,
    body: { data: null, errors: [{ code: 400, msg: expect.stringContaining(message) }] },
  });
});
