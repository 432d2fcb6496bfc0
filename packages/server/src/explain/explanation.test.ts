import type { KeyValue, Span, TracesData } from '@sightline/wire';
import { expect, test } from 'vitest';
import { explain } from './explanation.ts';

const millisecond = 1_000_000;
const kinds = { internal: 1, server: 2, client: 3 } as const;

interface Sketch {
  service: string;
  id: string;
  parent?: string;
  kind?: keyof typeof kinds;
  name: string;
  /** Milliseconds. */
  at: [start: number, end: number];
  attributes?: Record<string, string>;
  error?: string;
}

function trace(...sketches: Sketch[]): TracesData {
  return {
    resourceSpans: sketches.map((sketch) => ({
      resource: { attributes: strings({ 'service.name': sketch.service }) },
      scopeSpans: [{ spans: [toSpan(sketch)] }],
    })),
  };
}

function toSpan({ id, parent, kind, name, at, attributes, error }: Sketch): Span {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: id,
    ...(parent ? { parentSpanId: parent } : {}),
    name,
    kind: kinds[kind ?? 'internal'],
    startTimeUnixNano: String(at[0] * millisecond),
    endTimeUnixNano: String(at[1] * millisecond),
    attributes: strings(attributes ?? {}),
    ...(error === undefined ? {} : { status: { code: 2, message: error } }),
  };
}

function strings(values: Record<string, string>): KeyValue[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function sentenceOf(...sketches: Sketch[]): string | undefined {
  return explain('0af7651916cd43dd8448eb211c80319c', trace(...sketches)).blame?.text;
}

const proxied: Sketch[] = [
  { service: 'proxy', id: 'a', kind: 'server', name: 'GET /', at: [0, 3020] },
  { service: 'proxy', id: 'b', parent: 'a', kind: 'client', name: 'GET', at: [5, 3015] },
  { service: 'slow-upstream', id: 'c', parent: 'b', kind: 'server', name: 'GET /delay/:ms', at: [8, 3010] },
];

test('a slow server behind a call is to blame, not the call', () => {
  const explanation = explain('0af7651916cd43dd8448eb211c80319c', trace(...proxied));
  expect(explanation).toEqual({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    startUnixNano: '0',
    durationNano: '3020000000',
    criticalPath: [
      { spanId: 'a', startUnixNano: '0', endUnixNano: '5000000' },
      { spanId: 'b', startUnixNano: '5000000', endUnixNano: '8000000' },
      { spanId: 'c', startUnixNano: '8000000', endUnixNano: '3010000000' },
      { spanId: 'b', startUnixNano: '3010000000', endUnixNano: '3015000000' },
      { spanId: 'a', startUnixNano: '3015000000', endUnixNano: '3020000000' },
    ],
    blame: {
      spanId: 'c',
      serviceName: 'slow-upstream',
      spanName: 'GET /delay/:ms',
      selfTimeNano: '3002000000',
      share: 3002 / 3020,
      text: 'GET /delay/:ms in slow-upstream took 3 s of 3.02 s (99 %) by itself: no call below it explains the time.',
    },
  });
});

test('a call whose other side sent no span is to blame itself, and its target named', () => {
  const [root, call] = proxied as [Sketch, Sketch];
  expect(sentenceOf(root, { ...call, attributes: { 'server.address': 'api.example.com', 'server.port': '443' } })).toBe(
    'GET in proxy took 3.01 s of 3.02 s (99 %) waiting for api.example.com, from which no span has arrived.',
  );
  expect(sentenceOf(root, { ...call, attributes: { 'server.address': '10.0.0.7', 'server.port': '8080' } })).toContain(
    'waiting for 10.0.0.7:8080, from which',
  );
  expect(sentenceOf(root, call)).toContain('waiting for the other side, from which');
});

test('a call to a database is said to wait for the database', () => {
  const query: Sketch = { service: 'shop', id: 'q', parent: 'r', kind: 'client', name: 'SELECT items', at: [10, 110] };
  expect(
    sentenceOf(
      { service: 'shop', id: 'r', kind: 'server', name: 'GET /items', at: [0, 120] },
      { ...query, attributes: { 'db.system.name': 'postgresql', 'server.address': 'db' } },
    ),
  ).toBe('SELECT items in shop took 100 ms of 120 ms (83 %) waiting for the postgresql database.');
});

test('time between a call and a quick answer is the network or a queue', () => {
  const [root, call, answer] = proxied as [Sketch, Sketch, Sketch];
  expect(sentenceOf(root, call, { ...answer, at: [3000, 3010] })).toBe(
    'GET in proxy took 3 s of 3.02 s (99 %) on the way to slow-upstream and back: the network, or a queue before it.',
  );
});

test('a span that spends the time beside its calls is told apart from one that makes none', () => {
  expect(
    sentenceOf(
      { service: 'shop', id: 'r', kind: 'server', name: 'GET /report', at: [0, 1000] },
      { service: 'shop', id: 'q', parent: 'r', kind: 'client', name: 'SELECT', at: [10, 110] },
    ),
  ).toBe('GET /report in shop took 900 ms of 1 s (90 %) by itself, outside the calls that it made.');
});

test('many short calls of one name are blamed together', () => {
  const calls = Array.from({ length: 40 }, (_, i): Sketch => {
    const length = i === 7 ? 28 : 24;
    return {
      service: 'shop',
      id: `q${i}`,
      parent: 'r',
      kind: 'client',
      name: 'SELECT items',
      at: [30 * i, 30 * i + length],
    };
  });
  const trees = trace({ service: 'shop', id: 'r', kind: 'server', name: 'GET /', at: [0, 1200] }, ...calls);
  expect(explain('t', trees).blame).toEqual({
    spanId: 'q7',
    serviceName: 'shop',
    spanName: 'SELECT items',
    selfTimeNano: '28000000',
    share: 28 / 1200,
    repeated: { spanCount: 40, selfTimeNano: '964000000', share: 964 / 1200 },
    text: '40 × SELECT items in shop took 964 ms of 1.2 s (80 %) together, one after the other.',
  });
});

test('so are a hundred thousand, without holding up the server', { timeout: 60_000 }, () => {
  const root: Sketch = { service: 'shop', id: 'r', kind: 'server', name: 'GET /', at: [0, 100_000] };
  const call = (i: number): Sketch => ({
    ...root,
    id: `q${i}`,
    parent: 'r',
    kind: 'client',
    name: 'SELECT',
    at: [i, i + 1],
  });
  const spans = [root, ...Array.from({ length: 100_000 }, (_, i) => call(i))].map(toSpan);
  const startMs = performance.now();
  const { blame } = explain('t', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  expect(blame?.text).toMatch(/^100,000 × SELECT in .* took 1 m 40 s of 1 m 40 s /);
  // Half a second; a minute, if each call were to cost as much as there are before it.
  expect(performance.now() - startMs).toBeLessThan(10_000);
});

test('where nothing stands out, the sentence says so', () => {
  expect(
    sentenceOf(
      { service: 'a', id: 'r', name: 'root', at: [0, 100] },
      { service: 'a', id: 'x', parent: 'r', name: 'x', at: [30, 60] },
      { service: 'a', id: 'y', parent: 'r', name: 'y', at: [60, 100] },
    ),
  ).toBe('No single span explains the time: the most, 40 ms of 100 ms (40 %), went into y in a.');
});

test('a failure is told with its message', () => {
  expect(sentenceOf({ service: 'a', id: 'r', name: 'job', at: [0, 100], error: 'disk full.' })).toBe(
    'job in a took 100 ms of 100 ms (100 %) by itself: no call below it explains the time. It failed: disk full.',
  );
  expect(sentenceOf({ service: 'a', id: 'r', name: 'job', at: [0, 100], error: '' })).toMatch(/time\. It failed\.$/);
});

test('work that goes on after the answer is told apart from what the caller waited for', () => {
  expect(
    sentenceOf(
      { service: 'web', id: 'r', kind: 'server', name: 'POST /orders', at: [0, 20] },
      { service: 'web', id: 'm', parent: 'r', name: 'send mail', at: [5, 1000] },
    ),
  ).toBe(
    'send mail in web took 995 ms of 1 s (99 %) by itself: no call below it explains the time. ' +
      'POST /orders in web itself had ended after 20 ms.',
  );
});

test('names are kept to one line of readable length, and missing ones are said to be missing', () => {
  const long = `SELECT ${'column, '.repeat(50)}\n FROM t`;
  expect(sentenceOf({ service: 'a', id: 'r', name: long, at: [0, 9] })).toMatch(
    /^SELECT (column, )+.*… in a took 9 ms/,
  );
  expect(sentenceOf({ service: 'a', id: 'r', name: '', at: [0, 9] })).toMatch(/^A span without a name in a took 9 ms/);
});

test('a trace in which nothing took any time has nobody to blame', () => {
  expect(explain('t', trace({ service: 'a', id: 'r', name: 'x', at: [7, 7] }))).toEqual({
    traceId: 't',
    startUnixNano: '7000000',
    durationNano: '0',
    criticalPath: [],
  });
  expect(explain('t', { resourceSpans: [] })).toEqual({
    traceId: 't',
    startUnixNano: '0',
    durationNano: '0',
    criticalPath: [],
  });
});
