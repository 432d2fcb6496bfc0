import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './directory.ts';
import { readSegmentFile } from './read-segment-file.ts';
import type { Stretch } from './segment-format.ts';

/** Bytes of a segment that were acknowledged as part of a record, and are none any more. */
export interface CorruptBytes extends Stretch {
  /** The file that has them now. */
  path: string;
}

/** `001763800000123.spool.4096.corrupt`: the bytes that stood at 4096. */
export function corruptPath(segmentPath: string, offset: number): string {
  return `${segmentPath}.${offset}.corrupt`;
}

/** Copies stretches of a segment into files beside it, on disk when it resolves. */
export async function quarantine(segmentPath: string, stretches: readonly Stretch[]): Promise<CorruptBytes[]> {
  const bytes = await readSegmentFile(segmentPath);
  const found = stretches.map((stretch) => ({ ...stretch, path: corruptPath(segmentPath, stretch.offset) }));
  for (const { path, offset, sizeBytes } of found) await writeDurably(path, bytes.subarray(offset, offset + sizeBytes));
  await syncDirectory(dirname(segmentPath));
  return found;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}
