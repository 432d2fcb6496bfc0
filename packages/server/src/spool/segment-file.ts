import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './directory.ts';
import { recordHeader, recordHeaderSize, segmentMagic } from './segment-format.ts';

/** A segment that is being written. Everything up to `sizeBytes` is on disk. */
export class SegmentFile {
  readonly number: number;
  sizeBytes = 0;
  readonly #file: FileHandle;

  private constructor(number: number, file: FileHandle) {
    this.number = number;
    this.#file = file;
  }

  static async create(path: string, number: number): Promise<SegmentFile> {
    const file = await open(path, 'wx', 0o600);
    const segment = new SegmentFile(number, file);
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
    const { parts, totalBytes } = this.#records(payloads);
    try {
      await this.#writeAll(parts, totalBytes);
      await this.#file.datasync();
      this.sizeBytes += totalBytes;
    } catch (error) {
      await this.#file.truncate(this.sizeBytes);
      throw error;
    }
  }

  #records(payloads: readonly Uint8Array[]): { parts: Uint8Array[]; totalBytes: number } {
    const parts: Uint8Array[] = [];
    let totalBytes = 0;
    for (const payload of payloads) {
      parts.push(recordHeader(payload, this.number, this.sizeBytes + totalBytes), payload);
      totalBytes += recordHeaderSize + payload.length;
    }
    return { parts, totalBytes };
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
