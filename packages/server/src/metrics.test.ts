import { platform } from 'node:os';
import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { threadCpuSeconds } from './metrics.ts';

test.runIf(platform() === 'linux')('a thread that works takes CPU time, one that waits does not', async () => {
  const seconds = async (action: () => unknown): Promise<number> => {
    const before = threadCpuSeconds() ?? 0;
    await action();
    return (threadCpuSeconds() ?? 0) - before;
  };
  const worked = await seconds(() => work(100_000_000));
  const waited = await seconds(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200));
  expect(worked).toBeGreaterThan(0);
  expect(waited).toBeLessThan(worked);
});

function work(times: number): number {
  const startMs = performance.now();
  for (let i = 0; i < times && performance.now() - startMs < 200; i++);
  return startMs;
}
