/**
 * The durable journal between the receivers and the store. `append` resolves once the record is on disk;
 * records that arrive while the disk is busy share the next sync. Records lie in
 * segments; the writer takes whole segments, in order, and removes them once ClickHouse has them. After a
 * crash, the same segment is taken again, with the same number and the same bytes.
 *
 *   append ─▶ [waiting] ─ one write, one fdatasync ─▶ open segment ─ seal ─▶ sealed ─ take, remove ─▶ (gone)
 */
import { rename, rm } from 'node:fs/promises';
import type { SpoolStatus } from '@sightline/wire';
import { makeDirectory } from './directory.ts';
import { type DiskReading, DiskSpace } from './disk-space.ts';
import { type CorruptBytes, quarantine } from './quarantine.ts';
import { recoverSegments, type SpoolRecovery, segmentPath } from './recover-segments.ts';
import { SegmentFile } from './segment-file.ts';
import { recordHeaderSize, type Stretch, segmentMagic } from './segment-format.ts';
import { SpoolRoom } from './spool-room.ts';

export { DiskNearlyFull, SpoolFull } from './spool-full.ts';

export interface SpoolOptions {
  directory: string;
  /** All segments together; default 2 GB. */
  maxBytes?: number;
  /** A segment is sealed when it has reached this; default 32 MiB. */
  segmentBytes?: number;
  /** New segments get numbers above this one: the store has seen it. */
  lastNumber?: number;
  /** Hears of acknowledged bytes that went bad on disk: they are in a file of their own by then, all others are not affected. */
  onCorrupt?: (found: CorruptBytes) => void;
  /** Asked once a second how the disk of the directory stands; default: `statfs`. */
  readDisk?: (path: string) => Promise<DiskReading>;
}

/** Sealed: it does not change any more. */
export interface Segment {
  /** When it was begun, in milliseconds since 1970, or one more than the one before: it never comes twice, and only ever grows. */
  number: number;
  sizeBytes: number;
  /** An earlier process wrote it, which may have begun to move it to the store. */
  isRecovered: boolean;
}

interface Waiting {
  payload: Uint8Array;
  spreadBytes: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Rows take at most so many times the size of a segment. */
const maxSpread = 4;

/** On disk: a segment may begin with it. */
function mostBytesOf(payload: Uint8Array): number {
  return segmentMagic.length + recordHeaderSize + payload.length;
}

export class Spool {
  recovery: SpoolRecovery = { segments: 0, cutBytes: 0, corruptBytes: 0 };
  readonly #directory: string;
  readonly #segmentBytes: number;
  readonly #onCorrupt: (found: CorruptBytes) => void;
  readonly #disk: DiskSpace;
  readonly #room: SpoolRoom;
  #open: SegmentFile | undefined;
  /** Of the open segment: what its spans take as rows. */
  #openSpreadBytes = 0;
  readonly #sealed: Segment[] = [];
  #sealedBytes = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;
  #lastNumber: number;
  #onRecord: (() => void) | undefined;
  #closed = false;

  private constructor(options: SpoolOptions, disk: DiskSpace) {
    this.#directory = options.directory;
    this.#segmentBytes = options.segmentBytes ?? 32 * 1024 * 1024;
    this.#lastNumber = options.lastNumber ?? 0;
    this.#onCorrupt = options.onCorrupt ?? (() => undefined);
    this.#disk = disk;
    this.#room = new SpoolRoom(options.maxBytes ?? 2e9, disk);
  }

  static async open(options: SpoolOptions): Promise<Spool> {
    await makeDirectory(options.directory);
    const spool = new Spool(options, await DiskSpace.watch(options.directory, options.readDisk));
    await spool.#recover();
    return spool;
  }

  /** Bytes on disk and on the way there. */
  get sizeBytes(): number {
    return this.#sealedBytes + (this.#open?.sizeBytes ?? 0) + this.#waitingBytes;
  }

  get segmentCount(): number {
    return this.#sealed.length + (this.#open ? 1 : 0);
  }

  status(): SpoolStatus {
    const oldest = this.#sealed[0]?.number ?? this.#open?.number;
    return {
      ...this.#room.status(this.sizeBytes),
      sizeBytes: this.sizeBytes,
      segmentCount: this.segmentCount,
      ...(oldest === undefined ? {} : { oldestUnixNano: `${oldest}000000` }),
    };
  }

  /**
   * Resolves once the payload would survive a crash and a power cut; it must stay untouched until then.
   * @param spreadBytes what becomes of it in memory, where that is more: a segment, which is stored at once, holds less then
   * @throws SpoolFull; DiskNearlyFull, which is one; whatever the disk throws. The payload is not in the spool then.
   */
  append(payload: Uint8Array, spreadBytes: number = payload.length): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('The spool is closed: the server is stopping.'));
    const size = mostBytesOf(payload);
    const refusal = this.#room.refusalOf(size, this.sizeBytes);
    if (refusal) return Promise.reject(refusal);
    this.#waitingBytes += size;
    const done = new Promise<void>((resolve, reject) => this.#waiting.push({ payload, spreadBytes, resolve, reject }));
    this.#flushing ??= this.#flush();
    return done;
  }

  async #flush(): Promise<void> {
    while (this.#waiting.length > 0) await this.#write(this.#nextBatch());
    this.#flushing = undefined;
  }

  /** All that waits, up to the size of a segment: what becomes one insert has to fit into memory. */
  #nextBatch(): Waiting[] {
    let bytes = 0;
    let spread = 0;
    const end = this.#waiting.findIndex(({ payload, spreadBytes }) => {
      bytes += payload.length;
      spread += spreadBytes;
      return bytes > this.#segmentBytes || spread > this.#segmentBytes * maxSpread;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end));
  }

  async #write(batch: Waiting[]): Promise<void> {
    try {
      this.#open ??= await this.#create();
      await this.#open.append(batch.map(({ payload }) => payload));
      for (const { resolve } of batch) resolve();
      for (const { spreadBytes } of batch) this.#openSpreadBytes += spreadBytes;
      if (this.#isFull(this.#open)) await this.#sealOpen();
      this.#onRecord?.();
    } catch (error) {
      for (const { reject } of batch) reject(error);
      // The file's state is in doubt after a failed write: what is known to be good stays, and a new one begins.
      await this.#sealOpen();
    } finally {
      for (const { payload } of batch) this.#waitingBytes -= mostBytesOf(payload);
    }
  }

  #isFull(open: SegmentFile): boolean {
    return open.sizeBytes >= this.#segmentBytes || this.#openSpreadBytes >= this.#segmentBytes * maxSpread;
  }

  /** Sealed segments, without removing them, oldest first: at most `most` of those with a number above `after`. */
  sealed(after = 0, most: number = Number.POSITIVE_INFINITY): readonly Segment[] {
    const first = this.#sealed.findIndex(({ number }) => number > after);
    return first < 0 ? [] : this.#sealed.slice(first, first + most);
  }

  /** Ends the open segment, if there is one, so that it can be taken. */
  async seal(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    // What is appended meanwhile waits, because a flush seems to be under way.
    this.#flushing = this.#sealOpen();
    await this.#flushing;
    this.#flushing = this.#waiting.length > 0 ? this.#flush() : undefined;
  }

  /**
   * The segment is in the store.
   * @param corrupt what could not be read of it (`readSealed`): it is kept beside
   */
  async remove(segment: Segment, corrupt: readonly Stretch[] = []): Promise<void> {
    const path = this.#path(segment.number);
    if (corrupt.length > 0) for (const found of await quarantine(path, corrupt)) this.#onCorrupt(found);
    await rm(path, { force: true });
    this.#forget(segment);
  }

  /** Keeps a segment that the store cannot take out of the way, for a person to look at. @returns where it is now */
  async setAside(segment: Segment): Promise<string> {
    const path = `${this.#path(segment.number)}.rejected`;
    await rename(this.#path(segment.number), path);
    this.#forget(segment);
    return path;
  }

  /** Resolves at the next record, or at once when something lies here already. */
  async waitForRecord(): Promise<void> {
    if (this.segmentCount > 0 || this.#closed) return;
    await new Promise<void>((resolve) => {
      this.#onRecord = resolve;
    });
    this.#onRecord = undefined;
  }

  /** Takes no more; what was accepted is written and sealed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.seal();
    this.#disk.close();
    this.#onRecord?.();
  }

  async #create(): Promise<SegmentFile> {
    this.#lastNumber = Math.max(Date.now(), this.#lastNumber + 1);
    // Whoever removed the directory took what waited in it, but not what is to come.
    await makeDirectory(this.#directory);
    return SegmentFile.create(this.#path(this.#lastNumber), this.#lastNumber);
  }

  async #sealOpen(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    this.#openSpreadBytes = 0;
    this.#add({ number: open.number, sizeBytes: open.sizeBytes, isRecovered: false });
    // Everything in it has been synced: a close that fails loses nothing.
    await open.close().catch(() => undefined);
  }

  #add(segment: Segment): void {
    this.#sealed.push(segment);
    this.#sealedBytes += segment.sizeBytes;
  }

  #forget(segment: Segment): void {
    const index = this.#sealed.indexOf(segment);
    if (index < 0) return;
    this.#sealed.splice(index, 1);
    this.#sealedBytes -= segment.sizeBytes;
  }

  async #recover(): Promise<void> {
    const { recovery, segments, lastNumber, moved } = await recoverSegments(this.#directory);
    this.recovery = recovery;
    this.#lastNumber = Math.max(this.#lastNumber, lastNumber);
    for (const segment of segments) this.#add({ ...segment, isRecovered: true });
    for (const found of moved) this.#onCorrupt(found);
  }

  #path(number: number): string {
    return segmentPath(this.#directory, number);
  }
}
