/**
 * The critical path of a trace: at each moment, the span that the trace was waiting for.
 *
 * The walk goes backwards from the latest end. In a span, at a time, the trace was waiting for
 * whichever child finished last before that time; between that child's end and the time it was
 * waiting for the span itself. Inside the child the same holds, and from the child's start the
 * walk resumes in whoever was running then and had started it:
 *
 *     root    ██████████████████████████████
 *       a       ███████                          (b outlived a, and the root went on after b)
 *         b         ████████████
 *       c           ██████                       (finished before b: nobody waited for it)
 *     path    rraaaabbbbbbbbbbbbrrrrrrrrrrrr
 *
 * A child that is still running when its parent ends was not awaited by the parent, so it is
 * attached to the nearest ancestor that was still running when the child ended, or to the trace
 * as a whole. That covers work that goes on after the answer was sent, and instrumentations
 * whose short spans have long children. Where nothing was running at all the path has a gap.
 *
 * Times are replaced by their rank first, so that the walk compares small integers. Everything is
 * O(n log n), but for climbing over ancestors that start at the very same moment.
 */

import { buildSpanTree, type SpanTree, type TimedSpan } from '@sightline/wire';
import { clockShifts } from './clock-skew.ts';

interface PathSegment {
  /** Index of the span in what `criticalPath` was given. */
  span: number;
  /** On the trace's common clock: the span's own times plus `clockShiftNano`. */
  startUnixNano: bigint;
  endUnixNano: bigint;
  clockShiftNano: bigint;
}

export interface CriticalPath {
  /** Earliest start and latest end of all spans, on the common clock. */
  startUnixNano: bigint;
  endUnixNano: bigint;
  /** In time order, none empty, without overlap. */
  segments: PathSegment[];
  tree: SpanTree;
}

export function criticalPath(spans: readonly TimedSpan[]): CriticalPath {
  const tree = buildSpanTree(spans);
  const shifts = clockShifts(spans, tree);
  const windows = rankTimes(spans, shifts);
  const segments = walkBackwards(spans, windows, tree.parents).map(({ span, start, end }) => ({
    span,
    startUnixNano: windows.times[start] as bigint,
    endUnixNano: windows.times[end] as bigint,
    clockShiftNano: shifts[span] as bigint,
  }));
  return { startUnixNano: windows.times[0] ?? 0n, endUnixNano: windows.times.at(-1) ?? 0n, segments, tree };
}

/** When each span ran, as indices into `times`. */
interface Windows {
  times: bigint[];
  starts: Int32Array;
  ends: Int32Array;
}

function rankTimes(spans: readonly TimedSpan[], shifts: readonly bigint[]): Windows {
  const startTimes = spans.map((span, index) => span.startUnixNano + (shifts[index] as bigint));
  const endTimes = spans.map((span, index) => {
    const end = span.endUnixNano + (shifts[index] as bigint);
    return end < (startTimes[index] as bigint) ? (startTimes[index] as bigint) : end;
  });
  const times = [...new Set([...startTimes, ...endTimes])].sort((a, b) => (a < b ? -1 : 1));
  const ranks = new Map(times.map((time, rank) => [time, rank]));
  const rankOf = (time: bigint): number => ranks.get(time) as number;
  return { times, starts: Int32Array.from(startTimes, rankOf), ends: Int32Array.from(endTimes, rankOf) };
}

/** Segments in ranks, in time order. `trace` stands for the trace as a whole: its own time is a gap. */
function walkBackwards(
  spans: readonly TimedSpan[],
  windows: Windows,
  parents: Int32Array,
): { span: number; start: number; end: number }[] {
  const { starts, ends } = windows;
  const trace = parents.length;
  const resumeIn = runningAncestors(windows, parents, starts);
  const awaited = awaitedChildren(spans, windows, runningAncestors(windows, parents, ends));
  const segments: { span: number; start: number; end: number }[] = [];

  let span = trace;
  let time = windows.times.length - 1;
  for (;;) {
    const child = lastFinished(awaited[span], ends, time);
    const from = child === undefined ? (starts[span] ?? time) : (ends[child] as number);
    if (span !== trace && from < time) segments.push({ span, start: from, end: time });
    if (child === undefined && span === trace) return segments.reverse();
    time = from;
    span = child ?? (resumeIn[span] as number);
  }
}

/** Takes spans off the end of the list: one that runs on after `time` cannot have been awaited then, nor earlier. */
function lastFinished(children: number[] | undefined, ends: Int32Array, time: number): number | undefined {
  for (let child = children?.pop(); child !== undefined; child = children?.pop()) {
    if ((ends[child] as number) <= time) return child;
  }
  return undefined;
}

/**
 * For each span (and for the trace, last) the spans attached to it, the last to finish at the end. Of those that ran
 * at the very same time it is the lowest id, so that the order in which spans arrived does not matter.
 */
function awaitedChildren(
  spans: readonly TimedSpan[],
  { starts, ends }: Windows,
  attachedTo: Int32Array,
): (number[] | undefined)[] {
  const idOf = (span: number): string => (spans[span] as TimedSpan).spanId;
  const children: (number[] | undefined)[] = new Array(attachedTo.length + 1);
  const byEnd = [...attachedTo.keys()]
    .filter((span) => (starts[span] as number) < (ends[span] as number))
    .sort(
      (a, b) =>
        (ends[a] as number) - (ends[b] as number) ||
        (starts[b] as number) - (starts[a] as number) ||
        (idOf(a) < idOf(b) ? 1 : -1),
    );
  for (const span of byEnd) {
    const holder = attachedTo[span] as number;
    const siblings = children[holder];
    if (siblings) siblings.push(span);
    else children[holder] = [span];
  }
  return children;
}

/**
 * For each span, its nearest ancestor that was running just before `moments[span]`, or the
 * trace's index. Moments are taken in rising order, and ancestors that have ended by then are
 * joined to their parents for good (union–find), so that nobody climbs over them twice.
 */
function runningAncestors({ starts, ends }: Windows, parents: Int32Array, moments: Int32Array): Int32Array {
  const trace = parents.length;
  const above = Int32Array.from(parents, (parent) => (parent < 0 ? trace : parent));
  const found = new Int32Array(trace);
  const joined = Int32Array.from({ length: trace + 1 }, (_, index) => index);
  const ending = [...found.keys()].sort((a, b) => (ends[a] as number) - (ends[b] as number));
  let ended = 0;
  for (const span of [...found.keys()].sort((a, b) => (moments[a] as number) - (moments[b] as number))) {
    const moment = moments[span] as number;
    for (let next = ending[ended]; next !== undefined && (ends[next] as number) < moment; next = ending[++ended]) {
      joined[next] = above[next] as number;
    }
    let ancestor = findJoined(joined, above[span] as number);
    while (ancestor !== trace && (starts[ancestor] as number) >= moment) {
      ancestor = findJoined(joined, above[ancestor] as number);
    }
    found[span] = ancestor;
  }
  return found;
}

function findJoined(joined: Int32Array, index: number): number {
  let at = index;
  while (joined[at] !== at) {
    joined[at] = joined[joined[at] as number] as number;
    at = joined[at] as number;
  }
  return at;
}
