/** Whether more spans of a trace are likely on their way: one names a parent that has not come, and all is recent. */
import { unixNanoToMs } from './time-text.ts';
import type { Trace } from './trace.ts';

const recentMs = 60_000;

export function isStillRunning(trace: Trace, nowMs: number): boolean {
  if (missingParents(trace) === 0) return false;
  const endMs = unixNanoToMs(trace.startUnixNano + BigInt(Math.round(trace.duration)));
  return nowMs - endMs < recentMs;
}

/** How many spans hang in the air. */
export function missingParents({ roots }: Trace): number {
  return roots.filter(({ issues }) => issues.some(({ kind }) => kind === 'missing-parent')).length;
}
