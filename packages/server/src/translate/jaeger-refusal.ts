import type { JaegerSpan } from './jaeger-span.ts';
import { timeProblem } from './time-problem.ts';

/**
 * Why a span cannot be kept whose times OTLP has no numbers for; undefined for all others. Ids are looked at where
 * those of all formats are, in `checkTraces`.
 */
export function jaegerRefusal(span: JaegerSpan): string | undefined {
  return (
    timeProblem('startTime', span.startUnixNano) ??
    timeProblem('startTime + duration', span.startUnixNano + span.durationNano) ??
    logProblem(span)
  );
}

function logProblem({ logs }: JaegerSpan): string | undefined {
  for (const [index, { unixNano }] of logs.entries()) {
    const problem = timeProblem(`logs[${index}].timestamp`, unixNano);
    if (problem) return problem;
  }
  return undefined;
}
