import { type ExplanationResponse, type TracesData, tracedSpans } from '@sightline/wire';
import { findBlame } from './blame.ts';
import { criticalPath } from './critical-path.ts';

/** Where the time of a trace went. */
export function explain(traceId: string, trace: TracesData): ExplanationResponse {
  const spans = tracedSpans(trace);
  const path = criticalPath(spans);
  const blame = findBlame(spans, path);
  return {
    traceId,
    startUnixNano: String(path.startUnixNano),
    durationNano: String(path.endUnixNano - path.startUnixNano),
    criticalPath: path.segments.map((segment) => ({
      spanId: spans[segment.span]?.spanId ?? '',
      startUnixNano: String(segment.startUnixNano),
      endUnixNano: String(segment.endUnixNano),
      ...(segment.clockShiftNano === 0n ? {} : { clockShiftNano: String(segment.clockShiftNano) }),
    })),
    ...(blame ? { blame } : {}),
  };
}
