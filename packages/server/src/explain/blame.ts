/**
 * Which span a trace's time went into, and one sentence that says so. To blame is the span in
 * which the critical path stood longest by itself, so a call that a traced server answered is not
 * blamed for the server's time. Many short spans of one name, none of them long, are blamed together.
 */

import { type Blame, formatDuration, formatShare, type TracedSpan } from '@sightline/wire';
import type { CriticalPath } from './critical-path.ts';
import { peerOf } from './peer.ts';

/** What some spans hold of the critical path. */
interface Holding {
  /** The one that holds most, by index. */
  span: number;
  spanCount: number;
  selfTimeNano: bigint;
}

interface Verdict {
  path: CriticalPath;
  spans: readonly TracedSpan[];
  blamed: Holding;
  durationNano: bigint;
}

/** From this share of the trace on, a span explains it; below, the time is spread out. */
const explains = 0.5;
const manySpans = 3;
const clientKind = 3;
const serverKind = 2;

/** @returns undefined where no span took any time */
export function findBlame(spans: readonly TracedSpan[], path: CriticalPath): Blame | undefined {
  const durationNano = path.endUnixNano - path.startUnixNano;
  const bySpan = holdings(path);
  const longest = largest(bySpan.values());
  if (!longest) return undefined;

  const repeated = findRepeated(spans, bySpan, longest, durationNano);
  const blamed = repeated ? (bySpan.get(repeated.span) as Holding) : longest;
  const span = spans[blamed.span] as TracedSpan;
  const text = sentence({ path, spans, blamed: repeated ?? blamed, durationNano });
  return {
    spanId: span.spanId,
    serviceName: span.serviceName,
    spanName: span.span.name,
    selfTimeNano: String(blamed.selfTimeNano),
    share: ratio(blamed.selfTimeNano, durationNano),
    ...(repeated ? { repeated: describeRepeated(repeated, durationNano) } : {}),
    text,
  };
}

/** By the span's index. */
function holdings(path: CriticalPath): Map<number, Holding> {
  const found = new Map<number, Holding>();
  for (const { span, startUnixNano, endUnixNano } of path.segments) {
    const holding = found.get(span);
    if (holding) holding.selfTimeNano += endUnixNano - startUnixNano;
    else found.set(span, { span, spanCount: 1, selfTimeNano: endUnixNano - startUnixNano });
  }
  return found;
}

function largest(all: Iterable<Holding>): Holding | undefined {
  let best: Holding | undefined;
  for (const holding of all) if (!best || holding.selfTimeNano > best.selfTimeNano) best = holding;
  return best;
}

/** Spans of one name that hold more together than the longest span, where that one explains too little. */
function findRepeated(
  spans: readonly TracedSpan[],
  bySpan: Map<number, Holding>,
  longest: Holding,
  durationNano: bigint,
): Holding | undefined {
  if (ratio(longest.selfTimeNano, durationNano) >= explains) return undefined;
  const groups = new Map<string, Holding[]>();
  for (const holding of bySpan.values()) {
    const { serviceName, span, kind } = spans[holding.span] as TracedSpan;
    const key = JSON.stringify([serviceName, span.name, kind]);
    const group = groups.get(key);
    if (group) group.push(holding);
    else groups.set(key, [holding]);
  }
  const most = largest(
    [...groups.values()].filter((group) => group.length >= manySpans).map((group) => joinHoldings(group)),
  );
  return most && most.selfTimeNano > longest.selfTimeNano ? most : undefined;
}

function joinHoldings(group: Holding[]): Holding {
  const selfTimeNano = group.reduce((sum, holding) => sum + holding.selfTimeNano, 0n);
  return { span: (largest(group) as Holding).span, spanCount: group.length, selfTimeNano };
}

function describeRepeated({ spanCount, selfTimeNano }: Holding, durationNano: bigint): NonNullable<Blame['repeated']> {
  return { spanCount, selfTimeNano: String(selfTimeNano), share: ratio(selfTimeNano, durationNano) };
}

function sentence(verdict: Verdict): string {
  return `${mainClause(verdict)}${failureClause(verdict)}${afterRootClause(verdict)}`;
}

function mainClause(verdict: Verdict): string {
  const { blamed, spans, durationNano } = verdict;
  const who = title(spans[blamed.span] as TracedSpan);
  const share = ratio(blamed.selfTimeNano, durationNano);
  const howMuch = `${formatDuration(blamed.selfTimeNano)} of ${formatDuration(durationNano)} (${formatShare(share)})`;
  if (blamed.spanCount > 1)
    return `${blamed.spanCount.toLocaleString('en')} × ${who} took ${howMuch} together, one after the other.`;
  if (share < explains) return `No single span explains the time: the most, ${howMuch}, went into ${who}.`;
  return `${who} took ${howMuch}${whereItWent(verdict)}.`;
}

function whereItWent({ spans, blamed, path }: Verdict): string {
  const span = spans[blamed.span] as TracedSpan;
  const children = childrenOf(path, blamed.span).map((child) => spans[child] as TracedSpan);
  if (span.kind !== clientKind) {
    return children.length === 0
      ? ' by itself: no call below it explains the time'
      : ' by itself, outside the calls that it made';
  }
  const answering = children.find((child) => child.kind === serverKind);
  if (answering) return ` on the way to ${answering.serviceName} and back: the network, or a queue before it`;
  const peer = peerOf(span.span.attributes);
  if (peer?.endsWith(' database')) return ` waiting for ${peer}`;
  return ` waiting for ${peer ?? 'the other side'}, from which no span has arrived`;
}

function childrenOf(path: CriticalPath, index: number): number[] {
  return [...path.tree.parents.keys()].filter((span) => path.tree.parents[span] === index);
}

function failureClause({ spans, blamed }: Verdict): string {
  const { status } = (spans[blamed.span] as TracedSpan).span;
  if (status?.code !== 2 || blamed.spanCount > 1) return '';
  return status.message ? ` It failed: ${shorten(status.message).replace(/\.$/, '')}.` : ' It failed.';
}

/** Who waits for an answer must hear when the time went by after the answer. */
function afterRootClause({ path, spans, blamed }: Verdict): string {
  const roots = [...path.tree.topDown].filter((span) => path.tree.parents[span] === -1);
  const root = spans[roots[0] ?? -1];
  if (!root || roots.length > 1 || roots[0] === blamed.span) return '';
  const last = path.segments.findLast((segment) => segment.span === blamed.span);
  if (!last || last.endUnixNano <= root.endUnixNano) return '';
  const beyond = last.endUnixNano - root.endUnixNano;
  if (beyond * 2n < blamed.selfTimeNano) return '';
  return ` ${title(root)} itself had ended after ${formatDuration(root.endUnixNano - path.startUnixNano)}.`;
}

function title({ span, serviceName }: TracedSpan): string {
  return `${shorten(span.name) || 'A span without a name'} in ${serviceName}`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function ratio(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number(part) / Number(whole);
}
