import type { ErrorResponse, SearchResponse } from '@sightline/wire';
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
