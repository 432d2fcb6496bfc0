import type { KeyValue, ResourceSpans, Span, TracesData } from '@sightline/wire';
import { describe, expect, test } from 'vitest';
import { mulberry32, sampleTrace } from './sample-traces.ts';
import { selfStretches } from './self-time.ts';
import { buildTrace, type Trace } from './trace.ts';

const origin = 1_780_000_000_000_000_000n;

function span(
  spanId: string,
  parentSpanId: string | undefined,
  start: number,
  end: number,
  more: Partial<Span> = {},
): Span {
  return {
    traceId: '0'.repeat(31).concat('1'),
    spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: spanId,
    startTimeUnixNano: String(origin + BigInt(start)),
    endTimeUnixNano: String(origin + BigInt(end)),
    ...more,
  };
}

function service(name: string | undefined, ...spans: Span[]): ResourceSpans {
  const attributes: KeyValue[] = name === undefined ? [] : [{ key: 'service.name', value: { stringValue: name } }];
  return { resource: { attributes }, scopeSpans: [{ spans }] };
}

function build(...resourceSpans: ResourceSpans[]): Trace {
  return buildTrace('1', { resourceSpans });
}

/** The tree as indented text, a row a line. */
function drawn(trace: Trace): string[] {
  return trace.spans.map(({ depth, key }) => '  '.repeat(depth) + key);
}

describe('the tree', () => {
  test('has every span below its parent, siblings by their start, whatever order they came in', () => {
    const trace = build(
      service('b', span('late', 'root', 60, 70), span('grandchild', 'early', 12, 18)),
      service('a', span('early', 'root', 10, 20), span('root', undefined, 0, 100)),
    );
    expect(drawn(trace)).toEqual(['root', '  early', '    grandchild', '  late']);
    expect(trace.spans.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(trace.spans.map(({ subtreeSize }) => subtreeSize)).toEqual([4, 2, 1, 1]);
    expect(trace).toMatchObject({ duration: 100, depth: 3, startUnixNano: origin });
  });

  test('keeps nanoseconds exact although epoch times do not fit a number', () => {
    const trace = build(service('a', span('root', undefined, 0, 1_000_000_007), span('child', 'root', 1, 3)));
    expect(trace.byId.get('child')).toMatchObject({ start: 1, end: 3, duration: 2 });
    expect(trace.duration).toBe(1_000_000_007);
  });

  test('takes an empty or zero parent id for none', () => {
    const trace = build(service('a', span('x', '', 0, 5), span('y', '0000000000000000', 1, 5)));
    expect(trace.roots.map(({ id }) => id)).toEqual(['x', 'y']);
    expect(trace.spans.flatMap(({ issues }) => issues)).toEqual([]);
  });

  test('puts a span whose parent is missing at the top and says so, but names the trace by its true root', () => {
    const trace = build(service('a', span('orphan', 'gone', 0, 5), span('root', undefined, 1, 9)));
    expect(drawn(trace)).toEqual(['orphan', 'root']);
    expect(trace.spans[0]?.issues).toEqual([{ kind: 'missing-parent', parentId: 'gone' }]);
    expect(trace.root?.id).toBe('root');
  });

  test('breaks a circle of parents at its earliest span, with all spans kept', () => {
    const trace = build(
      service('a', span('p', 'r', 5, 9), span('q', 'p', 6, 8), span('r', 'q', 2, 9), span('below', 'q', 7, 8)),
    );
    expect(drawn(trace)).toEqual(['r', '  p', '    q', '      below']);
    expect(trace.spans[0]?.issues).toEqual([{ kind: 'cyclic-parent', parentId: 'q' }]);
  });

  test('survives a span that is its own parent', () => {
    const trace = build(service('a', span('self', 'self', 0, 5)));
    expect(drawn(trace)).toEqual(['self']);
    expect(trace.spans[0]?.issues).toEqual([{ kind: 'cyclic-parent', parentId: 'self' }]);
  });

  test('gives spans with the same id keys of their own', () => {
    const trace = build(service('a', span('x', undefined, 0, 9), span('x', undefined, 1, 2), span('kid', 'x', 3, 4)));
    expect(drawn(trace)).toEqual(['x', '  kid', 'x#2']);
    expect(trace.spans[2]?.issues).toEqual([{ kind: 'duplicate-id' }]);
  });

  test('tells a clock that is behind only where parent and child are different processes', () => {
    const trace = build(
      service('a', span('root', undefined, 100, 200), span('own', 'root', 90, 95)),
      service('b', span('remote', 'root', 60, 150)),
    );
    expect(trace.byId.get('remote')?.issues).toEqual([{ kind: 'clock-skew', byNano: 40 }]);
    expect(trace.byId.get('own')?.issues).toEqual([]);
  });

  test('gives a span that ends before it starts no length', () => {
    const trace = build(service('a', span('x', undefined, 50, 20)));
    expect(trace.spans[0]).toMatchObject({ duration: 0, issues: [{ kind: 'ends-before-start', byNano: 30 }] });
  });

  test('counts services and errors', () => {
    const failed = { status: { code: 2 as const } };
    const trace = build(
      service('shop', span('root', undefined, 0, 9), span('b', 'root', 1, 2, failed)),
      service(undefined, span('c', 'b', 1, 2, failed)),
    );
    expect(trace.services).toEqual([
      { name: 'shop', spanCount: 2, errorCount: 1 },
      { name: '(no service.name)', spanCount: 1, errorCount: 1 },
    ]);
    expect(trace.errorCount).toBe(2);
    expect(trace.spans.map(({ errorsBelow }) => errorsBelow)).toEqual([2, 1, 0]);
  });

  test('is empty for a trace without spans', () => {
    expect(build()).toMatchObject({ spans: [], root: undefined, duration: 0, depth: 0 });
  });
});

describe('own work', () => {
  test('is what no child covers, with overlapping children counted once', () => {
    const trace = build(
      service(
        'a',
        span('root', undefined, 0, 100),
        span('x', 'root', 10, 40),
        span('y', 'root', 30, 50),
        span('z', 'root', 90, 95),
      ),
    );
    expect(trace.byId.get('root')?.selfTime).toBe(100 - 40 - 5);
    expect(selfStretches(trace.byId.get('root') as never)).toEqual([
      { start: 0, end: 10 },
      { start: 50, end: 90 },
      { start: 95, end: 100 },
    ]);
  });

  test('is cut where children reach beyond their parent', () => {
    const trace = build(
      service('a', span('early', 'root', 0, 20), span('root', undefined, 10, 50), span('late', 'root', 40, 90)),
    );
    expect(trace.byId.get('root')?.selfTime).toBe(20);
  });
});

describe('speed', () => {
  test.each([
    [10_000, 1500],
    [100_000, 10_000],
  ])('a trace of %i spans is built within %i ms', (spanCount, mostMs) => {
    const data = bushy(spanCount);
    const begun = performance.now();
    const trace = buildTrace('1', data);
    const tookMs = performance.now() - begun;
    expect(trace.spans).toHaveLength(spanCount);
    expect(tookMs).toBeLessThan(mostMs);
  });

  test('a trace 100,000 levels deep overflows no stack', () => {
    const chain = Array.from({ length: 100_000 }, (_, n) =>
      span(`s${n}`, n === 0 ? undefined : `s${n - 1}`, n, 200_000 - n),
    );
    const trace = build(service('a', ...chain));
    expect(trace.depth).toBe(100_000);
    expect(trace.root?.subtreeSize).toBe(100_000);
  });
});

test('the sample generator makes about as many spans as asked, in one tree', () => {
  const { traceId, data } = sampleTrace({ seed: 7, spanCount: 2000, startUnixNano: origin });
  const trace = buildTrace(traceId, data);
  expect(trace.roots).toHaveLength(1);
  expect(trace.spans.length).toBeGreaterThan(1500);
  expect(trace.spans.length).toBeLessThanOrEqual(2000);
});

/** Every span hangs under a random earlier one. */
function bushy(spanCount: number): TracesData {
  const random = mulberry32(1);
  const spans = Array.from({ length: spanCount }, (_, n) => {
    const parent = n === 0 ? undefined : `s${Math.floor(random() * n)}`;
    return span(`s${n}`, parent, n, n + 1000);
  });
  return { resourceSpans: [service('a', ...spans)] };
}
