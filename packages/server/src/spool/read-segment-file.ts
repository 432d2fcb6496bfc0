/**
 * A segment's bytes, also from a disk that is going bad: where it gives an error, blocks are read one by one, and those that cannot
 * be read are zeros, which are no record. So a bad sector costs the record that it lies in, and never the start of the server.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';

/** What a disk reads at once, or not at all. */
const blockBytes = 4096;

/** @throws what is not the disk's doing; the disk's error where not one block can be read */
export async function readSegmentFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!isDiskError(error)) throw error;
    const file = await open(path);
    try {
      return await readAround(file, error);
    } finally {
      await file.close();
    }
  }
}

/** Also where a directory is in the segment's place, as repairing a file system may leave one. */
export function isDiskError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EIO' || code === 'EISDIR';
}

/** @param failure thrown where nothing can be read */
export async function readAround(file: Pick<FileHandle, 'read' | 'stat'>, failure: unknown): Promise<Buffer> {
  const bytes = Buffer.alloc((await file.stat()).size);
  let readBytes = 0;
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = bytes.subarray(at, at + blockBytes);
    readBytes += await readBlock(file, block, at);
  }
  if (readBytes === 0) throw failure;
  return bytes;
}

async function readBlock(file: Pick<FileHandle, 'read'>, block: Buffer, at: number): Promise<number> {
  try {
    return (await file.read(block, 0, block.length, at)).bytesRead;
  } catch (error) {
    if (!isDiskError(error)) throw error;
    block.fill(0);
    return 0;
  }
}
