import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';

/** Of the threads that merge: what comes in, and who waits for an answer, goes first. */
export const mergeNiceness = 15;

const threads = '/proc/self/task';

/**
 * Lets the engine's merges stand back. Linux, and only Linux, has a niceness for each thread. The engine has a setting for
 * it, too, which wants to raise it again after each merge, and so does nothing for users who may not.
 * @returns of how many threads
 */
export function standBackWithMerges(): number {
  if (process.platform !== 'linux') return 0;
  const merging = readdirSync(threads).filter((thread) => nameOf(thread).startsWith('MergeMutate'));
  for (const thread of merging) setPriority(Number(thread), mergeNiceness);
  return merging.length;
}

function nameOf(thread: string): string {
  try {
    return readFileSync(join(threads, thread, 'comm'), 'latin1');
  } catch {
    // It ended meanwhile.
    return '';
  }
}
