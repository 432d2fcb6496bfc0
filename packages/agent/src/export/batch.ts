/**
 * Some spans as a request body (ExportTraceServiceRequest), in parts that only need to be written one after the
 * other: the large ones are the very chunks that the spans were encoded into. The parts of two batches in a row are
 * a body too, since protobuf appends repeated fields.
 */
export interface Batch {
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly spanCount: number;
  /** Handed to the system at least once, which may still be reading it. */
  readonly wasSent: boolean;
}

/** As one request. */
export function joinBatches(batches: readonly Batch[]): Batch {
  let sizeBytes = 0;
  let spanCount = 0;
  for (const batch of batches) {
    sizeBytes += batch.sizeBytes;
    spanCount += batch.spanCount;
  }
  return { parts: batches.flatMap(({ parts }) => parts), sizeBytes, spanCount, wasSent: true };
}
