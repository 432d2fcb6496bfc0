/**
 * Which thread this is, without node:worker_threads where possible: that costs 3 to 5 ms of every start,
 * and the main thread has no other use for it. Node marks the functions that do not work in a worker.
 */
import { builtin } from './builtin.ts';

export const isMainThread: boolean = (process.chdir as { disabled?: boolean }).disabled !== true;

/** Of a worker; undefined in the main thread. */
export function workerThreadId(): number | undefined {
  return isMainThread ? undefined : workerThreads().threadId;
}

/**
 * Whether this is where Node runs the hooks of `module.register`. Preloads run there, too, but no
 * program does, and hooks of our own would crash it on Node 22. Unlike a worker it has no port to a parent.
 */
export function isHooksThread(): boolean {
  return !isMainThread && workerThreads().parentPort === null;
}

function workerThreads(): typeof import('node:worker_threads') {
  return builtin('node:worker_threads');
}
