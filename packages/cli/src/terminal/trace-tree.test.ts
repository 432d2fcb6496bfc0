import type { Span, TracesData } from '@sightline/wire';
import { expect, test } from 'vitest';
import { traceTree } from './trace-tree.ts';
import { treeText } from './tree-text.ts';

test('spans stand under their parents, in the order of their starts, drawn to scale', () => {
  const trace = traceOf({
    proxy: [span('a', '', 'GET /', 0, 320), span('b', 'a', 'GET', 10, 310)],
    slow: [
      span('d', 'c', 'later', 200, 240),
      span('c', 'b', 'GET /delay/:ms', 20, 300),
      span('e', 'c', 'sooner', 30, 40),
    ],
  });
  expect(
    traceTree(trace).map((line) => [
      line.serviceName,
      '  '.repeat(line.depth) + line.span.name,
      line.duration,
      line.bar,
    ]),
  ).toEqual([
    ['proxy', 'GET /', '320 ms', '━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━'],
    ['proxy', '  GET', '300 ms', '·━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━·'],
    ['slow', '    GET /delay/:ms', '280 ms', '··━━━━━━━━━━━━━━━━━━━━━━━━━━━━··'],
    ['slow', '      sooner', '10 ms', '···━····························'],
    ['slow', '      later', '40 ms', '····················━━━━········'],
  ]);
});

test('a span whose parent is not there stands at the root, and one without length is still seen', () => {
  const trace = traceOf({ proxy: [span('a', 'gone', 'orphan', 0, 0)] });
  expect(traceTree(trace).map((line) => [line.span.name, line.bar])).toEqual([['orphan', `━${'·'.repeat(31)}`]]);
});

test('parents in a circle are cut where it begins, and a chain of 100,000 spans is no deeper than the stack', () => {
  const circle = traceOf({ proxy: [span('b', 'a', 'second', 10, 20), span('a', 'b', 'first', 0, 30)] });
  expect(traceTree(circle).map((line) => [line.span.name, line.depth])).toEqual([
    ['first', 0],
    ['second', 1],
  ]);
  const chain = Array.from({ length: 100_000 }, (_, n) =>
    span(String(n), n > 0 ? String(n - 1) : '', 'deep', n, n + 1),
  );
  expect(traceTree(traceOf({ proxy: chain })).at(-1)?.depth).toBe(99_999);
});

test('of several services each has a column and a mark for failure, and names have an end', () => {
  const failed = { ...span('b', 'a', 'x'.repeat(80), 10, 20), status: { code: 2 as const } };
  const lines = treeText(traceTree(traceOf({ shop: [span('a', '', 'GET /', 0, 40)], db: [failed] }), 4), {
    guilty: 'b',
    nameWidth: 10,
  });
  expect(lines).toEqual(['shop  GET /        40 ms  ━━━━', 'db      xxxxxxx… ✗ 10 ms  ·━·· ◀']);
});

function traceOf(services: Record<string, Span[]>): TracesData {
  const resourceSpans = Object.entries(services).map(([name, spans]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: name } }] },
    scopeSpans: [{ spans }],
  }));
  return { resourceSpans };
}

function span(spanId: string, parentSpanId: string, name: string, startMs: number, endMs: number): Span {
  const nano = (ms: number): string => String(1_700_000_000_000_000_000n + BigInt(ms) * 1_000_000n);
  return { traceId: '01', spanId, parentSpanId, name, startTimeUnixNano: nano(startMs), endTimeUnixNano: nano(endMs) };
}
