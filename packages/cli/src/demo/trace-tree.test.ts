import type { Span, TracesData } from '@sightline/wire';
import { expect, test } from 'vitest';
import { traceTree } from './trace-tree.ts';

test('spans stand under their parents, in the order of their starts, drawn to scale', () => {
  const trace = traceOf({
    proxy: [span('a', '', 'GET /', 0, 320), span('b', 'a', 'GET', 10, 310)],
    slow: [
      span('d', 'c', 'later', 200, 240),
      span('c', 'b', 'GET /delay/:ms', 20, 300),
      span('e', 'c', 'sooner', 30, 40),
    ],
  });
  expect(traceTree(trace).map((line) => [line.serviceName, line.title, line.duration, line.bar])).toEqual([
    ['proxy', 'GET /', '320 ms', '━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━'],
    ['proxy', '  GET', '300 ms', '·━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━·'],
    ['slow', '    GET /delay/:ms', '280 ms', '··━━━━━━━━━━━━━━━━━━━━━━━━━━━━··'],
    ['slow', '      sooner', '10 ms', '···━····························'],
    ['slow', '      later', '40 ms', '····················━━━━········'],
  ]);
});

test('a span whose parent is not there stands at the root, and one without length is still seen', () => {
  const trace = traceOf({ proxy: [span('a', 'gone', 'orphan', 0, 0)] });
  expect(traceTree(trace).map((line) => [line.title, line.bar])).toEqual([['orphan', `━${'·'.repeat(31)}`]]);
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
