import type { ExportTraceResponse } from '@sightline/wire';
import type { Answer } from '../export/http-response.ts';
import { type Outcome, readOutcome } from '../export/outcome.ts';

/** What is answered to OTLP as JSON: the same statuses as to protobuf, and a partial success as JSON. */
export function readJsonOutcome(answer: Answer): Outcome {
  const outcome = readOutcome(answer);
  if (outcome.kind !== 'accepted') return outcome;
  const { rejectedSpans, errorMessage } = readPartialSuccess(answer.body);
  const rejected = Number(rejectedSpans);
  return {
    kind: 'accepted',
    rejectedSpans: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    message: String(errorMessage ?? ''),
  };
}

/** Empty for what is no JSON: the status has said that the spans have arrived. */
function readPartialSuccess(body: Buffer): NonNullable<ExportTraceResponse['partialSuccess']> {
  try {
    return (JSON.parse(body.toString()) as ExportTraceResponse | null)?.partialSuccess ?? {};
  } catch {
    return {};
  }
}
