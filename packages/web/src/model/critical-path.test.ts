import { expect, test } from 'vitest';
import { criticalTime, readCriticalPath } from './critical-path.ts';
import { buildTrace } from './trace.ts';

test('the server’s segments become stretches of each span, counted from the trace’s start', () => {
  const raw = {
    traceId: '1',
    spanId: 'a',
    name: 'x',
    startTimeUnixNano: '1780000000000000100',
    endTimeUnixNano: '1780000000000000900',
  };
  const trace = buildTrace('1', { resourceSpans: [{ scopeSpans: [{ spans: [raw] }] }] });
  const path = readCriticalPath(trace, {
    traceId: '1',
    startUnixNano: raw.startTimeUnixNano,
    durationNano: '800',
    criticalPath: [
      { spanId: 'a', startUnixNano: '1780000000000000100', endUnixNano: '1780000000000000200' },
      { spanId: 'b', startUnixNano: '1780000000000000200', endUnixNano: '1780000000000000800' },
      { spanId: 'a', startUnixNano: '1780000000000000800', endUnixNano: '1780000000000000900' },
    ],
  });
  expect(path.bySpanId.get('a')).toEqual([
    { start: 0, end: 100 },
    { start: 700, end: 800 },
  ]);
  expect(criticalTime(path, 'a')).toBe(200);
  expect(criticalTime(path, 'elsewhere')).toBe(0);
  expect(criticalTime(undefined, 'a')).toBe(0);
});
