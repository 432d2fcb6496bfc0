import { afterAll, beforeAll, expect, test, vi } from 'vitest';

let ownTime: typeof import('./own-time.ts');
let guard: typeof import('./guard.ts')['guard'];
beforeAll(async () => {
  vi.stubEnv('SIGHTLINE_REPORT', '1');
  vi.resetModules();
  ownTime = await import('./own-time.ts');
  ({ guard } = await import('./guard.ts'));
});
afterAll(() => vi.unstubAllEnvs());

function work(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** What fn adds to the agent's own time, in milliseconds: the least of three, since a busy system adds to it. */
function measured(fn: () => void): number {
  const times = [0, 0, 0].map(() => {
    const before = ownTime.ownTimeMs();
    fn();
    return ownTime.ownTimeMs() - before;
  });
  return Math.min(...times);
}

test('what is timed exactly counts once, also inside of itself', () => {
  const inner = ownTime.timeExactly(() => work(5));
  const outer = ownTime.timeExactly(() => {
    work(5);
    inner();
  });
  const tookMs = measured(outer);
  expect(tookMs).toBeGreaterThanOrEqual(10);
  expect(tookMs).toBeLessThan(40);
});

test('a sample of many calls stands for all of them', () => {
  const entry = guard('test.often', () => work(0.02));
  const tookMs = measured(() => {
    for (let i = 0; i < 5_000; i++) entry();
  });
  // 100 ms of work; a system that interrupts it adds to some samples.
  expect(tookMs / ownTime.wholeCost).toBeGreaterThan(30);
  expect(tookMs / ownTime.wholeCost).toBeLessThan(250);
});

test('an exact part is left out of the sample around it', () => {
  const exact = ownTime.timeExactly(() => work(0.5));
  const entry = guard('test.around', () => exact());
  const tookMs = measured(() => {
    for (let i = 0; i < 200; i++) entry();
  });
  expect(tookMs).toBeGreaterThanOrEqual(100);
  expect(tookMs).toBeLessThan(250); // 400 if it counted in both
});

test('what runs inside of another entry is part of that', () => {
  const inner = guard('test.inner', () => work(0.5));
  const outer = guard('test.outer', () => inner());
  const tookMs = measured(() => {
    for (let i = 0; i < 200; i++) outer();
  });
  expect(tookMs / ownTime.wholeCost).toBeGreaterThan(25);
  expect(tookMs / ownTime.wholeCost).toBeLessThan(180); // 200 if both counted
});

test('results pass through, errors are kept, and the next entry is measured as well', () => {
  expect(guard('test.result', (a: number) => a + 1)(1)).toBe(2);
  expect(ownTime.timeExactly((a: number) => a + 1)(1)).toBe(2);
  const failing = guard('test.failing', () => {
    throw new Error('inside');
  });
  for (let i = 0; i < 5; i++) expect(failing()).toBeUndefined();
  expect(ownTime.enterEntry()).toBe(true);
  ownTime.leaveEntry();
});

test('without a report or a budget nothing is wrapped', async () => {
  vi.stubEnv('SIGHTLINE_REPORT', '');
  vi.resetModules();
  const plain = await import('./own-time.ts');
  expect(plain.measuresOwnTime).toBe(false);
  expect(plain.timeExactly(work)).toBe(work);
});
