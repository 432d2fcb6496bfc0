import type { TimedSpan } from '@sightline/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';

const internal = 1;
const server = 2;
const client = 3;

function span(spanId: string, start: number, end: number, more: Partial<TimedSpan> = {}): TimedSpan {
  return {
    spanId,
    serviceName: 'app',
    kind: internal,
    startUnixNano: BigInt(start),
    endUnixNano: BigInt(end),
    ...more,
  };
}

function child(
  parentSpanId: string,
  spanId: string,
  start: number,
  end: number,
  more: Partial<TimedSpan> = {},
): TimedSpan {
  return span(spanId, start, end, { parentSpanId, ...more });
}

/** `root 0-10, a 10-40`: what a person would draw. */
function pathOf(spans: TimedSpan[]): string {
  return criticalPath(spans)
    .segments.map((s) => `${spans[s.span]?.spanId} ${s.startUnixNano}-${s.endUnixNano}`)
    .join(', ');
}

describe('the critical path', () => {
  test('of one span is that span', () => {
    expect(pathOf([span('root', 5, 10)])).toBe('root 5-10');
  });

  test('of no span, or of spans without length, is empty', () => {
    expect(pathOf([])).toBe('');
    expect(pathOf([span('root', 5, 5), child('root', 'a', 5, 5)])).toBe('');
  });

  test('goes through children that run one after the other, and the root between them', () => {
    expect(pathOf([span('root', 0, 100), child('root', 'a', 10, 40), child('root', 'b', 50, 90)])).toBe(
      'root 0-10, a 10-40, root 40-50, b 50-90, root 90-100',
    );
  });

  test('takes the child that finishes last of those that run at once', () => {
    expect(pathOf([span('root', 0, 100), child('root', 'a', 10, 80), child('root', 'b', 10, 90)])).toBe(
      'root 0-10, b 10-90, root 90-100',
    );
  });

  test('takes, before the last child started, the one that had finished by then', () => {
    const spans = [
      span('root', 0, 100),
      child('root', 'a', 0, 30),
      child('root', 'overlapping', 20, 60),
      child('root', 'b', 40, 100),
    ];
    expect(pathOf(spans)).toBe('a 0-30, root 30-40, b 40-100');
  });

  test('descends to grandchildren', () => {
    expect(pathOf([span('root', 0, 100), child('root', 'a', 10, 90), child('a', 'b', 20, 80)])).toBe(
      'root 0-10, a 10-20, b 20-80, a 80-90, root 90-100',
    );
  });

  test('of a child that outlives its parent counts for the ancestor that waited, as drawn in critical-path.ts', () => {
    const spans = [span('r', 0, 30), child('r', 'a', 2, 9), child('a', 'b', 6, 18), child('r', 'c', 6, 12)];
    expect(pathOf(spans)).toBe('r 0-2, a 2-6, b 6-18, r 18-30');
  });

  test('follows work that goes on after the root has answered', () => {
    expect(pathOf([span('root', 0, 20), child('root', 'mail', 5, 500)])).toBe('root 0-5, mail 5-500');
  });

  test('has a gap where nothing ran: between a message sent and received', () => {
    expect(pathOf([span('send', 0, 10), child('send', 'receive', 50, 90)])).toBe('send 0-10, receive 50-90');
  });

  test('does not wait for a sibling that was still running when the parent went on', () => {
    const spans = [
      span('root', 0, 1000),
      child('root', 'p', 0, 200),
      child('p', 'fire-and-forget', 50, 900),
      child('root', 'q', 200, 950),
    ];
    expect(pathOf(spans)).toBe('p 0-200, q 200-950, root 950-1000');
  });

  test('treats a span whose parent never arrived as a root', () => {
    expect(pathOf([child('missing', 'a', 0, 40), child('missing', 'b', 50, 90)])).toBe('a 0-40, b 50-90');
  });

  test('survives parent ids in a circle, and a span that names itself', () => {
    expect(pathOf([child('b', 'a', 0, 100), child('a', 'b', 10, 90)])).toBe('a 0-10, b 10-90, a 90-100');
    expect(pathOf([child('a', 'a', 0, 100)])).toBe('a 0-100');
  });

  test('tells client and server span of one id apart, as Zipkin sends them', () => {
    const spans = [
      child('root', 'x', 10, 90, { kind: client, serviceName: 'front' }),
      child('root', 'x', 20, 80, { kind: server, serviceName: 'back' }),
      span('root', 0, 100, { serviceName: 'front' }),
      child('x', 'db', 30, 70, { serviceName: 'back' }),
    ];
    const path = criticalPath(spans).segments.map((s) => s.span);
    expect(path).toEqual([2, 0, 1, 3, 1, 0, 2]);
  });

  test('moves a server whose clock is behind into the call, with what it called', () => {
    const spans = [
      span('call', 1000, 1100, { kind: client, serviceName: 'front' }),
      child('call', 'serve', 100, 190, { kind: server, serviceName: 'back' }),
      child('serve', 'query', 120, 150, { kind: client, serviceName: 'back' }),
    ];
    expect(pathOf(spans)).toBe('serve 1000-1020, query 1020-1050, serve 1050-1090, call 1090-1100');
    expect(criticalPath(spans).segments.map((s) => s.clockShiftNano)).toEqual([900n, 900n, 900n, 0n]);
    expect(criticalPath(spans)).toMatchObject({ startUnixNano: 1000n, endUnixNano: 1100n });
  });

  test('moves a server whose clock is ahead back into the call', () => {
    const spans = [
      span('call', 1000, 1100, { kind: client, serviceName: 'front' }),
      child('call', 'serve', 5000, 5090, { kind: server, serviceName: 'back' }),
    ];
    expect(pathOf(spans)).toBe('call 1000-1010, serve 1010-1100');
  });

  test('leaves a server alone that merely goes on after its caller gave up', () => {
    const spans = [
      span('call', 0, 100, { kind: client, serviceName: 'front' }),
      child('call', 'serve', 10, 300, { kind: server, serviceName: 'back' }),
    ];
    expect(pathOf(spans)).toBe('call 0-10, serve 10-300');
  });

  test('of a span that ends before it starts counts it as having no length', () => {
    expect(pathOf([span('root', 0, 100), child('root', 'a', 50, 20)])).toBe('root 0-100');
  });
});

/** Any spans: overlapping, circular, orphaned, reversed, with skewed clocks. */
const anySpans = fc.array(
  fc.record({
    spanId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'),
    parentSpanId: fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'f', 'missing'),
    serviceName: fc.constantFrom('front', 'back'),
    kind: fc.constantFrom<(0 | 1 | 2 | 3)[]>(0, 1, 2, 3),
    startUnixNano: fc.nat(40).map(BigInt),
    endUnixNano: fc.nat(40).map(BigInt),
  }),
  { maxLength: 14 },
);

/** A well-behaved trace: every child within its parent, one root. */
const nestedSpans = fc.array(fc.tuple(fc.nat(), fc.nat(100), fc.nat(100)), { maxLength: 30 }).map((choices) => {
  const spans = [span('0', 0, 100_000)];
  for (const [pick, from, to] of choices) {
    const parent = spans[pick % spans.length] as TimedSpan;
    const length = Number(parent.endUnixNano - parent.startUnixNano);
    const start = Number(parent.startUnixNano) + Math.floor((length * Math.min(from, to)) / 100);
    const end = Number(parent.startUnixNano) + Math.floor((length * Math.max(from, to)) / 100);
    spans.push(child(parent.spanId, String(spans.length), start, end));
  }
  return spans;
});

describe('for every trace', () => {
  test('segments are in order, not empty, without overlap, within the trace and within their span', () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const path = criticalPath(spans);
        let time = path.startUnixNano;
        for (const segment of path.segments) {
          const own = spans[segment.span] as TimedSpan;
          expect(segment.startUnixNano).toBeGreaterThanOrEqual(time);
          expect(segment.endUnixNano).toBeGreaterThan(segment.startUnixNano);
          expect(segment.startUnixNano).toBeGreaterThanOrEqual(own.startUnixNano + segment.clockShiftNano);
          expect(segment.endUnixNano).toBeLessThanOrEqual(own.endUnixNano + segment.clockShiftNano);
          time = segment.endUnixNano;
        }
        expect(time).toBeLessThanOrEqual(path.endUnixNano);
      }),
      { numRuns: 1000 },
    );
  });

  test('whose spans are nested, the segments fill the root completely', () => {
    fc.assert(
      fc.property(nestedSpans, (spans) => {
        const total = criticalPath(spans).segments.reduce((sum, s) => sum + s.endUnixNano - s.startUnixNano, 0n);
        expect(total).toBe(100_000n);
      }),
      { numRuns: 300 },
    );
  });

  test('the order in which spans arrived does not matter', () => {
    const shuffled = nestedSpans.chain((spans) =>
      fc.tuple(fc.constant(spans), fc.shuffledSubarray(spans, { minLength: spans.length })),
    );
    fc.assert(
      fc.property(shuffled, ([spans, other]) => {
        const times = (some: TimedSpan[]): bigint[] => criticalPath(some).segments.map((s) => s.startUnixNano);
        expect(times(other)).toEqual(times(spans));
      }),
      { numRuns: 1000 },
    );
  });
});

test('100,000 spans, in a deep chain and in a wide fan, do not take quadratic time', () => {
  const half = 50_000;
  const chain = Array.from({ length: half }, (_, i) => child(String(i - 1), String(i), i, 4 * half - i));
  const fan = Array.from({ length: half }, (_, i) =>
    child(String(half - 1), `fan${i}`, half + 2 * i, half + 2 * i + 1),
  );
  const started = performance.now();
  const path = criticalPath([...chain, ...fan]);
  expect(performance.now() - started).toBeLessThan(6000);
  expect(path.segments.reduce((sum, s) => sum + s.endUnixNano - s.startUnixNano, 0n)).toBe(BigInt(4 * half));
});
