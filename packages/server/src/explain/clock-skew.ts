/**
 * How far each span's clock has to be moved so that no call is answered before it was asked.
 * Only what causality rules out is corrected: a server span that starts before the client span
 * that called it, or after that client had its answer. A server span that merely ends later than
 * its client proves nothing, since servers go on working after the answer.
 */
import type { SpanTree, TimedSpan } from '@sightline/wire';

const clientKind = 3;
const serverKind = 2;

/** @returns nanoseconds to add to both times of each span, by the span's index */
export function clockShifts(spans: readonly TimedSpan[], tree: SpanTree): bigint[] {
  const shifts = new Array<bigint>(spans.length).fill(0n);
  for (const index of tree.topDown) {
    const parent = tree.parents[index] as number;
    if (parent >= 0) shifts[index] = shiftUnder(spans[index] as TimedSpan, spans[parent] as TimedSpan, shifts[parent]);
  }
  return shifts;
}

/** Spans of one service share a clock, so a child takes over its parent's shift. */
function shiftUnder(child: TimedSpan, parent: TimedSpan, parentShift = 0n): bigint {
  const inherited = child.serviceName === parent.serviceName ? parentShift : 0n;
  if (parent.kind !== clientKind || child.kind !== serverKind) return inherited;
  const start = child.startUnixNano + inherited;
  const end = child.endUnixNano + inherited;
  const callStart = parent.startUnixNano + parentShift;
  const callEnd = parent.endUnixNano + parentShift;
  if (start < callStart) return inherited + callStart - start;
  if (start >= callEnd && end - start <= callEnd - callStart) return inherited + callEnd - end;
  return inherited;
}
