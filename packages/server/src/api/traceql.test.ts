import type {
  ErrorResponse,
  GroupsResponse,
  KeyValue,
  MetricsResponse,
  SearchResponse,
  TraceqlResponse,
  TracesData,
} from '@sightline/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from './api.fixture.ts';

let api: ApiFixture;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
});
afterAll(() => api.remove());

const range = `start=${storyStart}&end=${storyStart + 10_000_000_000n}`;

async function search(q: string, more = ''): Promise<SearchResponse> {
  const { status, body } = await api.get(`/api/v1/traces?${range}&q=${encodeURIComponent(q)}${more}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as SearchResponse;
}

describe('a search by a query', () => {
  test('answers with the spans that match, and with what the query names of them', async () => {
    const { traces } = await search('{ resource.service.name = "proxy" && span.http.route = "/" && duration > 1s }');
    expect(traces).toMatchObject([
      {
        traceId: storyTraceId,
        spanCount: 3,
        matchedSpanCount: 1,
        spanSets: [
          {
            matchedSpanCount: 1,
            spans: [
              {
                spanId: '00000000000000a1',
                serviceName: 'proxy',
                name: 'GET /',
                startUnixNano: String(storyStart),
                durationNano: '3020000000',
                attributes: [
                  { key: 'service.name', value: { stringValue: 'proxy' } },
                  { key: 'http.route', value: { stringValue: '/' } },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  test.each([
    ['{ }', 3],
    ['{ name =~ "GET /.*" }', 2],
    ['{ .http.response.status_code = 200 }', 2],
    ['{ .http.response.status_code >= 200.5 }', 0],
    ['{ span.server.address != nil }', 1],
    ['{ span.server.address = nil && kind = server }', 2],
    ['{ kind = client } || { .http.route = "/" }', 2],
    ['{ kind = server } | { .service.name !~ "pro.*" }', 1],
    ['{ !(.service.name = "proxy") || false }', 1],
    ['{ trace:id = "0af7651916cd43dd8448eb211c80319c" && span:id = "00000000000000b1" }', 1],
    ['{ event:name = "exception" }', 0],
    ['{ instrumentation:name = "sightline" } | select(status)', 3],
    ['{ .service.name = "proxy" } >> { .service.name = "slow-upstream" }', 1],
    ['{ kind = server } > { kind = client }', 1],
    ['{ kind = server } &>> { kind = server }', 2],
    ['{ kind = server } !> { kind = server }', 2],
    ['{ kind = client } < { kind = server }', 1],
    ['{ kind = server } < { kind = client }', 1],
    ['{ kind = client } && { duration < 3.011s }', 2],
    ['{ kind = server } | count() > 1', 2],
    ['{ } | avg(duration) > 3s | by(resource.service.name) | count() = 1', 1],
    ['{ rootName = "GET /" && traceDuration > 3s && span:childCount = 0 }', 1],
    ['{ parent.http.route = "/" }', 1],
  ])('%s matches %i spans', async (q, count) => {
    const { traces } = await search(q, '&spansPerSpanSet=2');
    expect(traces.map((trace) => trace.matchedSpanCount)).toEqual(count === 0 ? [] : [count]);
    expect(traces.flatMap(({ spanSets }) => spanSets?.[0]?.spans ?? [])).toHaveLength(Math.min(count, 2));
  });

  test('with a mistake in it says where', async () => {
    const { status, body } = await api.get(`/api/v1/traces?q=${encodeURIComponent('{ name == "x" }')}`);
    expect(status).toBe(400);
    expect((body as ErrorResponse).error).toMatchObject({ code: 'invalid-query', field: 'q', from: 7, to: 9 });
  });

  test('is refused beside form fields', async () => {
    const { status, body } = await api.get('/api/v1/traces?q=%7B%7D&service=proxy');
    expect(status).toBe(400);
    expect((body as ErrorResponse).error).toMatchObject({ code: 'invalid-parameter', field: 'service' });
  });
});

describe('a search whose answer comes as events', () => {
  const events = async (query: string): Promise<{ event: string; data: unknown }[]> => {
    const { statusCode, headers, body } = await api.app.inject({
      url: `/api/v1/traces?${query}`,
      headers: { accept: 'text/event-stream' },
    });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    return [...body.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(([, event = '', data = '']) => ({
      event,
      data: JSON.parse(data),
    }));
  };

  test('brings the traces as they are found, says how far it has come, and that it is done', async () => {
    const q = encodeURIComponent('{ kind = client }');
    const [first, ...others] = await events(`${range}&q=${q}`);
    expect(first).toMatchObject({
      event: 'traces',
      data: { traces: [{ traceId: storyTraceId, matchedSpanCount: 1 }] },
    });
    expect(others.map(({ event }) => event)).toEqual(['progress', 'done']);
    expect(others[0]?.data).toMatchObject({ startUnixNano: String(storyStart) });
    expect(others[1]?.data).toEqual({});
  });

  test('says what went wrong on the way', async () => {
    const failed = await events(`${range}&cursor=nonsense`);
    expect(failed).toMatchObject([{ event: 'error', data: { error: { code: 'invalid-cursor', field: 'cursor' } } }]);
  });
});

describe('metrics of a query', () => {
  const metrics = async (q: string, more = ''): Promise<MetricsResponse> => {
    const { status, body } = await api.get(
      `/api/v1/metrics?start=${storyStart}&end=${storyStart + 9_999_999_999n}&step=5s&q=${encodeURIComponent(q)}${more}`,
    );
    expect(status, JSON.stringify(body)).toBe(200);
    return body as MetricsResponse;
  };
  const labelled = ({ series }: MetricsResponse): unknown[] =>
    series.map(({ labels, values }) => [...labels.map(({ value }) => Object.values(value)[0] ?? null), values]);

  test('count spans by step and group', async () => {
    const answer = await metrics('{ } | count_over_time() by (resource.service.name, .http.response.status_code)');
    expect(answer).toMatchObject({ startUnixNano: String(storyStart), stepNano: '5000000000' });
    expect(new Set(labelled(answer).map((each) => JSON.stringify(each)))).toEqual(
      new Set(['["proxy","200",[1,0]]', '["proxy",null,[1,0]]', '["slow-upstream","200",[1,0]]']),
    );
  });

  test.each([
    ['{ } | rate()', [[[0.6, 0]]]],
    ['{ kind = client } | max_over_time(duration)', [[[3.01, null]]]],
    [
      '{ } | quantile_over_time(duration, 0, 1)',
      [
        [0, [3.002, null]],
        [1, [3.02, null]],
      ],
    ],
    ['{ } | histogram_over_time(duration)', [[4.294967296, [3, 0]]]],
    ['{ } | avg_over_time(span.http.response.status_code) by (kind)', [['server', [200, null]]]],
    ['{ kind = server } >> { kind = server } | count_over_time() by (name)', [['GET /delay/:ms', [1, 0]]]],
    ['({ } | count_over_time()) / ({ kind = client } | count_over_time()) * 2', [[[6, null]]]],
    ['{ } | count_over_time() by (name) | topk(1)', [['GET /', [1, 0]]]],
    ['{ } | count_over_time() by (kind) > 1', [['server', [2, null]]]],
  ])('%s', async (q, expected) => {
    expect(labelled(await metrics(q))).toEqual(expected);
  });

  test('bring exemplars where asked for', async () => {
    const { series } = await metrics('{ kind = client } | rate() with (exemplars=true)');
    expect(series[0]?.exemplars).toMatchObject([{ traceId: storyTraceId, spanId: '00000000000000a2', value: 1 }]);
    expect((await metrics('{ kind = client } | rate()', '&exemplars=5')).series[0]?.exemplars).toHaveLength(1);
    expect((await metrics('{ kind = client } | rate()')).series[0]).not.toHaveProperty('exemplars');
  });

  test('compare spans with the others', async () => {
    const answer = labelled(await metrics('{ } | compare({ kind = client })'));
    expect(answer).toContainEqual(['selection', 'localhost', [1, 0]]);
    expect(answer).toContainEqual(['baseline', 'slow-upstream', [1, 0]]);
    expect(answer).toContainEqual(['baseline_total', null, [2, 0]]);
  });
});

describe('groups', () => {
  test('say of each value how many spans have it, how many failed and how long they took', async () => {
    const { status, body } = await api.get(`/api/v1/groups?${range}&by=resource.service.name&q=%7B%7D&limit=1`);
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({
      groups: [{ value: { stringValue: 'proxy' }, spanCount: 2, errorCount: 0, p99Nano: '3020000000' }],
      others: 1,
    });
  });

  test('are of what a form asks for, too, and of what whole traces tell', async () => {
    const groupsOf = async (query: string): Promise<unknown[]> =>
      ((await api.get(`/api/v1/groups?${range}&${query}`)).body as GroupsResponse).groups.map(({ value }) => value);
    expect(await groupsOf('service=proxy&by=span.server.address')).toEqual([{ stringValue: 'localhost' }, null]);
    expect(await groupsOf('q=%7B%7D&by=rootName')).toEqual([{ stringValue: 'GET /' }]);
  });
});

describe('a value that some spans have of their own and others of their resource', () => {
  const start = storyStart + 3_600_000_000_000n;
  const later = `start=${start}&end=${start + 10_000_000_000n}`;
  const attributes = (zone: string, load?: number): KeyValue[] => [
    { key: 'zone', value: { stringValue: zone } },
    ...(load === undefined ? [] : [{ key: 'load', value: { doubleValue: load } }]),
  ];
  const traces = (resource: KeyValue[], own: KeyValue[], id: string): TracesData => ({
    resourceSpans: [
      {
        resource: { attributes: resource },
        scopeSpans: [
          {
            spans: [
              {
                traceId: id.repeat(16),
                spanId: id.repeat(8),
                name: 'work',
                startTimeUnixNano: String(start),
                endTimeUnixNano: String(start + 1n),
                attributes: own,
              },
            ],
          },
        ],
      },
    ],
  });
  beforeAll(async () => {
    await api.insert(traces(attributes('south'), attributes('north', -1.5), 'a1'));
    await api.insert(traces(attributes('north', 0.25), [], 'a2'));
    await api.insert(traces([], attributes('north', 3), 'a3'));
  });

  test('is one group', async () => {
    const { body } = await api.get(`/api/v1/groups?${later}&by=.zone&q=%7B%7D`);
    expect(body).toMatchObject({ groups: [{ value: { stringValue: 'north' }, spanCount: 3 }], others: 0 });
  });

  test.each([
    ['min_over_time(.load)', -1.5],
    ['max_over_time(.load)', 3],
    ['avg_over_time(.load)', 1.75 / 3],
    ['quantile_over_time(.load, 0.5)', 0.25],
    ['count_over_time()', 3],
  ])('is one series of %s', async (aggregate, value) => {
    const q = encodeURIComponent(`{ } | ${aggregate} by (.zone)`);
    const { body } = await api.get(`/api/v1/metrics?${later}&q=${q}&step=10s`);
    const { series } = body as MetricsResponse;
    expect(series.map(({ labels, values }) => [labels[0]?.value, values.filter((one) => one)])).toEqual([
      [{ stringValue: 'north' }, [value]],
    ]);
  });
});

describe('a query and a form', () => {
  const asked = async (query: string): Promise<unknown> => (await api.get(`/api/v1/traceql?${query}`)).body;

  test('turn into each other', async () => {
    const answer = await asked('service=proxy&attribute=http.route%3D%2F&minDuration=1s');
    expect(answer).toMatchObject({
      kind: 'search',
      form: { service: 'proxy', attribute: ['http.route=/'], minDuration: '1s' },
    });
    const { query } = answer as TraceqlResponse;
    expect(await asked(`q=${encodeURIComponent(query)}`)).toEqual(answer);
  });

  test('do not where the query says more', async () => {
    expect(await asked('q=%7B%7D%3E%3E%7B%7D')).toEqual({ query: '{ } >> { }', kind: 'search' });
    expect(await asked('q=%7B%7D%7Crate()')).toEqual({ query: '{ } | rate()', kind: 'metrics' });
    expect(await asked('attribute=a%3DNaN')).toMatchObject({ error: { code: 'invalid-attribute' } });
  });
});
