import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { ClockAnchor, currentAnchor, instant, isTimeInput, readClock, readTimeInput, writeUnixNano } from './clock.ts';

afterEach(() => vi.restoreAllMocks());

const anchor = new ClockAnchor(1_700_000_000_500);

function read(time: Parameters<typeof readTimeInput>[1]): [number, number] {
  readTimeInput(anchor, time);
  return [instant.seconds, instant.nanos];
}

test.each([
  ['an hrtime', [1_700_000_001, 5] as [number, number], [1_700_000_001, 5]],
  ['an hrtime with more than a second of nanoseconds', [10, 2_500_000_000] as [number, number], [12, 500_000_000]],
  ['a Date', new Date(1_700_000_001_250), [1_700_000_001, 250_000_000]],
  ['epoch milliseconds', 1_700_000_001_250, [1_700_000_001, 250_000_000]],
  ['epoch milliseconds with a fraction', 1_700_000_001_250.5, [1_700_000_001, 250_500_000]],
  ['a value of performance.now()', 0.25, [1_700_000_000, 500_250_000]],
  ['a performance.now() across the second', 0.000_001, [1_700_000_000, 500_000_001]],
  ['a time before 1970', [-5, 0] as [number, number], [0, 0]],
])('reads %s', (_, time, expected) => expect(read(time)).toEqual(expected));

test.each([[Number.NaN], [new Date(Number.NaN)], [undefined], [[1] as never], ['now' as never], [{} as never]])(
  'takes %j as now',
  (time) => {
    const before = performance.now();
    const [seconds, nanos] = read(time);
    const relativeMs = (seconds - anchor.seconds) * 1_000 + (nanos - anchor.nanos) / 1e6;
    expect(relativeMs).toBeGreaterThanOrEqual(before - 0.001);
    expect(relativeMs).toBeLessThanOrEqual(performance.now() + 0.001);
  },
);

test('tells times from attributes', () => {
  expect([1, new Date(), [1, 2]].map(isTimeInput)).toEqual([true, true, true]);
  expect([{}, undefined, [1], ['1', 2], null, 'x'].map(isTimeInput)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('the clock agrees with the wall clock and runs forwards by less than a microsecond at a time', () => {
  const now = currentAnchor();
  readClock(now);
  expect(Math.abs(instant.seconds * 1_000 + instant.nanos / 1e6 - Date.now())).toBeLessThan(50);
  let last = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 10_000; i++) {
    readClock(now);
    const nanos = (instant.seconds - now.seconds) * 1e9 + instant.nanos;
    expect(nanos).toBeGreaterThanOrEqual(last);
    if (nanos > last) smallest = Math.min(smallest, nanos - last);
    last = nanos;
  }
  expect(smallest).toBeLessThan(1_000_000);
});

/** A fresh clock on a machine whose clocks the test sets, in milliseconds. */
async function clockOn(machine: { epochMs: number; uptimeMs: number }): Promise<typeof import('./clock.ts')> {
  vi.spyOn(Date, 'now').mockImplementation(() => machine.epochMs);
  vi.spyOn(Performance.prototype, 'now').mockImplementation(() => machine.uptimeMs);
  vi.spyOn(Performance.prototype, 'timeOrigin', 'get').mockReturnValue(machine.epochMs - machine.uptimeMs);
  vi.resetModules();
  return import('./clock.ts');
}

test('a stepped wall clock moves the anchor of later traces, and an earlier trace keeps its own', async () => {
  const machine = { epochMs: 1_700_000_000_000, uptimeMs: 500 };
  const clock = await clockOn(machine);
  const before = clock.currentAnchor();
  machine.epochMs += 3_600_000 + 999;
  machine.uptimeMs += 999;
  expect(clock.currentAnchor()).toBe(before); // compared less than a second ago
  machine.epochMs += 1;
  machine.uptimeMs += 1;
  const after = clock.currentAnchor();
  expect([before.epochMs, after.epochMs]).toEqual([1_699_999_999_500, 1_700_003_599_500]);
  expect(clock.currentAnchor()).toBe(after);
  clock.readClock(before);
  expect([clock.instant.seconds, clock.instant.nanos]).toEqual([1_700_000_001, 0]);
});

test('a wall clock that differs by a few milliseconds is the same clock', async () => {
  const machine = { epochMs: 1_700_000_000_000, uptimeMs: 500 };
  const clock = await clockOn(machine);
  const before = clock.currentAnchor();
  machine.epochMs += 60_009;
  machine.uptimeMs += 60_000;
  expect(clock.currentAnchor()).toBe(before);
});

test("fake clocks of the program's own tests are not ours, also where they are there before the first span", async () => {
  const before = Date.now();
  vi.resetModules();
  const clock = await import('./clock.ts');
  vi.useFakeTimers({ now: 0, toFake: ['Date', 'performance'] });
  vi.spyOn(performance, 'now').mockReturnValue(0);
  clock.readClock(clock.currentAnchor());
  vi.useRealTimers();
  const { seconds, nanos } = clock.instant;
  expect(Math.abs(seconds * 1_000 + nanos / 1e6 - before)).toBeLessThan(5_000);
});

test('writes any instant as fixed64, exactly', () => {
  const target = new Uint8Array(10);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 18_446_744_072 }), fc.integer({ min: 0, max: 999_999_999 }), (s, n) => {
      writeUnixNano(target, 1, s, n);
      expect(new DataView(target.buffer).getBigUint64(1, true)).toBe(BigInt(s) * 1_000_000_000n + BigInt(n));
    }),
    { numRuns: 2_000 },
  );
});
