import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiFixture, openApiFixture, story, storyStart, storyTraceId } from './api.fixture.ts';

interface Document {
  paths: Record<string, { get: { parameters?: { name: string; in: string }[]; responses: Record<string, Response> } }>;
}
interface Response {
  content: Record<string, { schema: object }>;
}

let api: ApiFixture;
let served: Document;
beforeAll(async () => {
  api = await openApiFixture();
  await api.insert(story);
  served = (await api.get('/api/v1/openapi.json')).body as Document;
});
afterAll(() => api.remove());

test('every route of ours is documented, and every documented path has a route', () => {
  const routed = [...new Set(api.paths.map((path) => path.replaceAll(/:(\w+)/g, '{$1}')))];
  const documented = Object.keys(served.paths);
  // What belongs to other projects' APIs is documented by them.
  const isOurs = (path: string): boolean => !path.startsWith('/api/') || path.startsWith('/api/v1/');
  expect(documented.filter(isOurs).sort()).toEqual(routed.filter(isOurs).sort());
  expect(routed).toEqual(expect.arrayContaining(documented));
});

test('every parameter in a path is documented', () => {
  for (const [path, operations] of Object.entries(served.paths)) {
    const [get] = Object.values(operations);
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const documented = (get?.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(documented).toEqual(named);
  }
});

const form = 'service=proxy&name=GET&attribute=server.address%3Dlocalhost&minDuration=1s&maxDuration=1h&status=unset';

test.each([
  ['/api/v1/services', '?start=0'],
  ['/api/v1/services/{service}/span-names', '?start=0&end=2100-01-01T00:00:00Z&prefix=G&limit=5'],
  ['/api/v1/services/{service}/spans', '?olderThan=1d'],
  ['/api/v1/attributes', `?${form}&prefix=h&scope=span&start=0&end=2100-01-01T00:00:00Z&limit=5`],
  [
    '/api/v1/attributes/values',
    `?${form}&key=http.route&field=name&scope=span&prefix=/&start=${storyStart}&end=2100-01-01T00:00:00Z&limit=5`,
  ],
  ['/api/v1/attributes', `?q=%7B%20.server.address%20!%3D%20nil%20%7D&start=${storyStart}`],
  ['/api/v1/attributes/values', `?field=name&q=%7B%7D&start=${storyStart}`],
  ['/api/v1/traces', `?${form}&start=${storyStart}&end=2100-01-01T00:00:00Z&limit=5&order=longest`],
  ['/api/v1/traces', `?q=%7B%20.server.address%20!%3D%20nil%20%7D&start=${storyStart}`],
  ['/api/v1/groups', `?q=%7B%7D&by=name&start=${storyStart}`],
  ['/api/v1/metrics', `?q=%7B%7D%7Crate()&start=${storyStart}&end=${storyStart + 9n}&step=1s&exemplars=1`],
  ['/api/v1/traceql', '?q=%7B%20%7D'],
  ['/api/v1/traces/{traceId}', '?download=0'],
  ['/api/v1/whole-traces', `?traceId=${storyTraceId}`],
  ['/api/v1/traces/{traceId}/explanation', ''],
  ['/api/v1/traces/{traceId}/spans/{spanId}/standing', ''],
  ['/api/v1/service-metrics', `?start=${storyStart}&end=${storyStart}&step=5m&service=proxy`],
  ['/api/v1/dependencies', `?start=${storyStart}`],
  ['/api/v1/status', ''],
  ['/api/v1/openapi.json', ''],
  ['/api/services', ''],
  ['/api/services/{service}/operations', ''],
  ['/api/operations', '?service=proxy&spanKind=server'],
  [
    '/api/traces',
    `?service=proxy&operation=GET&start=${storyStart / 1000n}&end=${storyStart / 1000n + 9n}&lookback=1h&limit=5&minDuration=1s&maxDuration=9s&tag=span.kind:client&tags=%7B%22server.address%22%3A%22localhost%22%7D&raw=true&prettyPrint=true`,
  ],
  ['/api/traces/{traceId}', '?raw=true&prettyPrint=true'],
  ['/healthz', ''],
  ['/readyz', ''],
])('a real answer of %s is as documented, with every documented parameter given', async (path, query) => {
  const url = path
    .replace('{service}', 'proxy')
    .replace('{traceId}', storyTraceId)
    .replace('{spanId}', '00000000000000a1');
  const documented = (served.paths[path]?.get.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const exclusive = ['cursor', 'traceID', 'q', 'spansPerSpanSet'];
  const given = [...new URLSearchParams(query).keys()];
  if (given.length > 1 && !given.includes('q')) {
    const names = documented.map(({ name }) => name).filter((name) => !exclusive.includes(name));
    expect(names.filter((name) => !given.includes(name) && name !== 'end')).toEqual([]);
  }
  const { status, body } = await api.get(`${url}${query}`);
  expect(status).toBe(200);
  expectValid(path, 200, body);
});

test.each([
  ['/api/v1/traces', '/api/v1/traces?limit=0', 400],
  ['/api/v1/traces', '/api/v1/traces?q=%7B', 400],
  ['/api/v1/traces/{traceId}', '/api/v1/traces/dddddddddddddddddddddddddddddddd', 404],
  ['/api/v1/whole-traces', '/api/v1/whole-traces', 400],
  ['/api/traces', '/api/traces?limit=0', 400],
  ['/api/traces/{traceId}', '/api/traces/dddddddddddddddddddddddddddddddd', 404],
])('an error of %s is as documented: %s answers %i', async (path, url, expected) => {
  const { status, body } = await api.get(url);
  expect(status).toBe(expected);
  expectValid(path, expected, body);
});

test('the schemas would notice an answer that is not as documented', () => {
  expect(validatorOf('/api/v1/services', 200)({ services: [{ name: 'proxy' }] })).toBe(false);
  expect(validatorOf('/api/v1/status', 200)({})).toBe(false);
});

function expectValid(path: string, status: number, body: unknown): void {
  const validate = validatorOf(path, status);
  validate(body);
  expect(validate.errors ?? []).toEqual([]);
}

function validatorOf(path: string, status: number): ValidateFunction {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'openapi', ...served });
  const schema = served.paths[path]?.get.responses[status]?.content['application/json']?.schema ?? {};
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
}
