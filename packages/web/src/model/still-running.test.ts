import { expect, test } from 'vitest';
import { isStillRunning, missingParents } from './still-running.ts';
import { buildTrace, type Trace } from './trace.ts';

const endMs = 1_780_000_000_000;

function trace(...parents: string[]): Trace {
  const spans = parents.map((parentSpanId, n) => ({
    traceId: '1',
    spanId: `${n}`,
    ...(parentSpanId && { parentSpanId }),
    name: 'x',
    startTimeUnixNano: String(BigInt(endMs - 10) * 1_000_000n),
    endTimeUnixNano: String(BigInt(endMs) * 1_000_000n),
  }));
  return buildTrace('1', { resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

test('a recent trace in which a parent is missing is still running', () => {
  const running = trace('99', '0', '98');
  expect(missingParents(running)).toBe(2);
  expect([isStillRunning(running, endMs + 2000), isStillRunning(running, endMs + 61_000)]).toEqual([true, false]);
});

test('a trace whose spans all have their parents is done', () => {
  expect(isStillRunning(trace('', '0'), endMs + 2000)).toBe(false);
});
