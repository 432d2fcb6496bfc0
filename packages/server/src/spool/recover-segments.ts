/** What an earlier process left in the spool's directory, looked through before anything is added. */
import { lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from './directory.ts';
import { type CorruptBytes, corruptPath } from './quarantine.ts';
import { isDiskError, readSegmentFile } from './read-segment-file.ts';
import { readSegment, type SegmentContent, segmentMagic } from './segment-format.ts';

/** What was found and put right when the spool was opened. */
export interface SpoolRecovery {
  segments: number;
  /** Bytes cut off the ends of segments: records whose write a crash interrupted, so never acknowledged. */
  cutBytes: number;
  /** Bytes that are no record any more, in segments that were whole once. */
  corruptBytes: number;
}

export interface RecoveredSegments {
  recovery: SpoolRecovery;
  /** Ascending; each has a record. */
  segments: { number: number; sizeBytes: number }[];
  /** Of all files, also of what was set aside: no number may come twice. */
  lastNumber: number;
  /** Segments without a record that can be read, which were moved out of the way. */
  moved: CorruptBytes[];
}

export function segmentPath(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(15, '0')}.spool`);
}

/**
 * Cuts what a crash left behind the last whole record; what is corrupt before it stays until the segment is removed. What is
 * kept is on disk then, also where the crash came before it was synced: a batch whose insert is cut off has to be the same when it
 * is repeated, whatever happens to the machine in between.
 */
export async function recoverSegments(directory: string): Promise<RecoveredSegments> {
  const names = (await readdir(directory)).filter((name) => /^\d{15}\.spool/.test(name)).sort();
  const recovered: RecoveredSegments = {
    recovery: { segments: 0, cutBytes: 0, corruptBytes: 0 },
    segments: [],
    lastNumber: Math.max(0, ...names.map((name) => Number.parseInt(name, 10))),
    moved: [],
  };
  for (const name of names.filter((file) => file.endsWith('.spool'))) {
    await recoverSegment(join(directory, name), Number.parseInt(name, 10), recovered);
  }
  if (recovered.segments.length > 0) await syncDirectory(directory);
  return recovered;
}

async function recoverSegment(path: string, number: number, recovered: RecoveredSegments): Promise<void> {
  const bytes = await readWhatThereIs(path);
  if (!bytes) {
    const { size } = await lstat(path);
    recovered.recovery.corruptBytes += size;
    recovered.moved.push(await moveAway(path, size));
    return;
  }
  const content = readSegment(bytes, number);
  const { recovery } = recovered;
  recovery.corruptBytes += content.corrupt.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (isRotten(bytes, content)) {
    recovery.corruptBytes += bytes.length;
    recovered.moved.push(await moveAway(path, bytes.length));
    return;
  }
  recovery.cutBytes += bytes.length - content.goodBytes;
  if (content.payloads.length === 0) {
    await rm(path);
    return;
  }
  await keepUntil(path, content.goodBytes);
  recovery.segments++;
  recovered.segments.push({ number, sizeBytes: content.goodBytes });
}

async function keepUntil(path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(sizeBytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** @returns undefined where the disk gives nothing of it back: waiting for what it holds would keep all else waiting */
async function readWhatThereIs(path: string): Promise<Buffer | undefined> {
  try {
    return await readSegmentFile(path);
  } catch (error) {
    if (isDiskError(error)) return undefined;
    throw error;
  }
}

/** The magic is on disk before the first record is written: where it is wrong, no write was interrupted. */
function isRotten(bytes: Buffer, { goodBytes }: SegmentContent): boolean {
  return goodBytes === 0 && bytes.length > segmentMagic.length;
}

async function moveAway(path: string, sizeBytes: number): Promise<CorruptBytes> {
  const found = { path: corruptPath(path, 0), offset: 0, sizeBytes };
  await rename(path, found.path);
  return found;
}
