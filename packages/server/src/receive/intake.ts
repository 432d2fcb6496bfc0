/** Where all receivers hand over what they have translated: on disk first, counted after. */
import type { RejectReason } from '../metrics.ts';
import type { Translation } from '../translate/translation.ts';

/** Of a body, before and after decompression. */
export const maxBodyBytes: number = 16 * 1024 * 1024;

export interface ReceiverDeps {
  spool: { append(payload: Uint8Array, spreadBytes?: number): Promise<void> };
  metrics: {
    received(spans: number, bytes: number): void;
    rejectedSpans(reason: RejectReason, spans: number): void;
    rejectedRequest(reason: RejectReason): void;
  };
  log: { error(details: object, message: string): void };
}

/**
 * Resolves once the spans are on disk: only then may the sender hear that they were taken.
 * @param sizeBytes of what was received, decompressed
 * @throws SpoolFull, and what the disk throws: nothing is kept then
 */
export async function takeIn(translation: Translation, sizeBytes: number, deps: ReceiverDeps): Promise<void> {
  const { payload, spreadBytes, spanCount, refusedCount } = translation;
  if (spanCount > 0) await deps.spool.append(payload, spreadBytes);
  deps.metrics.received(spanCount, sizeBytes);
  if (refusedCount > 0) deps.metrics.rejectedSpans('invalid-span', refusedCount);
}
