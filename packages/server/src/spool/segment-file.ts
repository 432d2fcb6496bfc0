import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { recordHeader, segmentMagic } from './segment-format.ts';

/** A segment that is being written. Everything up to `sizeBytes` is on disk. */
export class SegmentFile {
  readonly path: string;
  sizeBytes = 0;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<SegmentFile> {
    const file = await open(path, 'wx', 0o600);
    const segment = new SegmentFile(path, file);
    try {
      await file.writev([segmentMagic], 0);
      await file.datasync();
      await syncDirectory(dirname(path));
      segment.sizeBytes = segmentMagic.length;
      return segment;
    } catch (error) {
      await file.close();
      // On a full disk one would be left behind by every request.
      await rm(path, { force: true });
      throw error;
    }
  }

  /** A record for each payload, or none: after a failure the file ends where it did before. */
  async append(payloads: readonly Uint8Array[]): Promise<void> {
    const parts = payloads.flatMap((payload) => [recordHeader(payload), payload]);
    const totalBytes = parts.reduce((sum, part) => sum + part.length, 0);
    try {
      await this.#writeAll(parts, totalBytes);
      await this.#file.datasync();
      this.sizeBytes += totalBytes;
    } catch (error) {
      await this.#file.truncate(this.sizeBytes);
      throw error;
    }
  }

  async #writeAll(parts: Uint8Array[], totalBytes: number): Promise<void> {
    const { bytesWritten } = await this.#file.writev(parts, this.sizeBytes);
    if (bytesWritten === totalBytes) return;
    // A short write: a full disk, or more than the kernel takes at once. The rest goes in one piece.
    const rest = Buffer.concat(parts).subarray(bytesWritten);
    const second = await this.#file.write(rest, 0, rest.length, this.sizeBytes + bytesWritten);
    if (second.bytesWritten !== rest.length) throw new Error('The disk took only a part of the spool record.');
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** Makes the entries of a directory durable, not only the files in it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
