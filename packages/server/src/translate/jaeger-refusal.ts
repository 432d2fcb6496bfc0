import type { JaegerSpan } from './jaeger-span.ts';

/** What the nanoseconds of OTLP can say: 1970 to 2554. */
const maxUnixNano = 2n ** 64n - 1n;

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

function timeProblem(name: string, unixNano: bigint): string | undefined {
  if (unixNano < 0n) return `${name} lies before 1970`;
  return unixNano > maxUnixNano ? `${name} lies after the year 2554` : undefined;
}
