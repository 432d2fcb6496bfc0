import { readSegmentFile } from './read-segment-file.ts';
import { segmentPath } from './recover-segments.ts';
import { readSegment, type Stretch } from './segment-format.ts';
import type { Segment } from './spool.ts';

export interface SealedContent {
  /** In the order of their arrival: those that are still what was appended. */
  payloads: Uint8Array[];
  /** What was a record and is none any more: for `Spool.remove`. */
  corrupt: Stretch[];
}

/** A sealed segment of the spool in `directory`: whoever knows of one may read it, in any thread. */
export async function readSealed(directory: string, { number, sizeBytes }: Segment): Promise<SealedContent> {
  const file = await readSegmentFile(segmentPath(directory, number));
  const { payloads, corrupt, goodBytes } = readSegment(file.subarray(0, sizeBytes), number);
  const lostBytes = sizeBytes - goodBytes;
  return { payloads, corrupt: lostBytes > 0 ? [...corrupt, { offset: goodBytes, sizeBytes: lostBytes }] : corrupt };
}
