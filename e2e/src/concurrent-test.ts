/**
 * Tests that run beside each other, since programs mostly wait. Vitest's own `onTestFinished` does not know which of them
 * calls it: the context of each goes with what it does.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { onTestFinished, type TestContext, test } from 'vitest';

const current = new AsyncLocalStorage<TestContext>();

export function concurrentTest(name: string, run: () => Promise<void>, timeoutMs?: number): void {
  test.concurrent(name, (context) => current.run(context, run), timeoutMs);
}

/** In any test, from whatever it calls. */
export function whenFinished(work: () => void | Promise<void>): void {
  const context = current.getStore();
  if (context) context.onTestFinished(work);
  else onTestFinished(work);
}
