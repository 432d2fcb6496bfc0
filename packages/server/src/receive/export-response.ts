import type { ExportTraceResponse } from '@sightline/wire';
import { refusalText, type Translation } from '../translate/translation.ts';

/** What OTLP answers for spans that were taken: nothing, or how many of them were not. */
export function exportResponse(translation: Translation): ExportTraceResponse {
  const errorMessage = refusalText(translation);
  if (errorMessage === undefined) return {};
  return { partialSuccess: { rejectedSpans: String(translation.refusedCount), errorMessage } };
}
