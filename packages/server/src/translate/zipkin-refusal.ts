import { timeProblem } from './time-problem.ts';
import type { ZipkinSpanBase } from './zipkin-span.ts';

/** Why a well-formed span cannot be kept; undefined for a good one. */
export function zipkinRefusal(span: ZipkinSpanBase): string | undefined {
  return (
    idProblem('traceId', span.traceId, 32) ??
    idProblem('id', span.id, 16) ??
    (isNoId(span.parentId) ? undefined : idProblem('parentId', span.parentId, 16)) ??
    timeProblem('timestamp', span.startUnixNano) ??
    timeProblem('timestamp + duration', span.startUnixNano + span.durationNano) ??
    annotationProblem(span)
  );
}

/** Absent, empty and zero are the same: there is no parent. */
export function isNoId(id: string): boolean {
  return /^0*$/.test(id);
}

/** Too few digits are no fault: senders that write numbers leave out the zeros in front, and Zipkin puts them back. */
function idProblem(name: string, id: string, maxDigits: number): string | undefined {
  if (id === '') return `${name} is missing`;
  if (id.length > maxDigits) return `${name} has ${id.length} hex digits, where ${maxDigits} are the most`;
  if (!/^[0-9a-fA-F]+$/.test(id)) return `${name} ${JSON.stringify(id)} is not made of hex digits`;
  return isNoId(id) ? `${name} is all zeros` : undefined;
}

function annotationProblem({ annotations }: ZipkinSpanBase): string | undefined {
  for (const [index, { unixNano }] of annotations.entries()) {
    const problem = timeProblem(`annotations[${index}].timestamp`, unixNano);
    if (problem) return problem;
  }
  return undefined;
}
