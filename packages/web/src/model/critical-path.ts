/** The server's explanation, by span: the stretches in which the whole trace waited for it. */
import type { ExplanationResponse } from '@sightline/wire';
import type { Trace } from './trace.ts';

export interface Stretch {
  /** Nanoseconds since the trace's start. */
  readonly start: number;
  readonly end: number;
}

export interface CriticalPath {
  readonly bySpanId: ReadonlyMap<string, readonly Stretch[]>;
}

export function readCriticalPath(trace: Trace, explanation: ExplanationResponse): CriticalPath {
  const bySpanId = new Map<string, Stretch[]>();
  for (const segment of explanation.criticalPath) {
    const stretches = bySpanId.get(segment.spanId) ?? [];
    stretches.push({
      start: Number(BigInt(segment.startUnixNano) - trace.startUnixNano),
      end: Number(BigInt(segment.endUnixNano) - trace.startUnixNano),
    });
    bySpanId.set(segment.spanId, stretches);
  }
  return { bySpanId };
}

export function criticalTime(path: CriticalPath | undefined, spanId: string): number {
  return path?.bySpanId.get(spanId)?.reduce((sum, { start, end }) => sum + end - start, 0) ?? 0;
}
