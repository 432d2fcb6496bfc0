/**
 * The durable journal between the receivers and the store. `append` resolves once the record is on disk;
 * records that arrive while the disk is busy share the next sync. Records lie in
 * segments; the writer takes whole segments, in order, and removes them once ClickHouse has them. After a
 * crash, the same segment is taken again, with the same number and the same bytes.
 *
 *   append ─▶ [waiting] ─ one write, one fdatasync ─▶ open segment ─ seal ─▶ sealed ─ take, remove ─▶ (gone)
 */
import { mkdir, readdir, readFile, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { SegmentFile } from './segment-file.ts';
import { readSegment, recordHeaderSize } from './segment-format.ts';

export interface SpoolOptions {
  directory: string;
  /** All segments together; default 2 GiB. */
  maxBytes?: number;
  /** A segment is sealed when it has reached this; default 16 MiB. */
  segmentBytes?: number;
  /** New segments get numbers above this one: the store has seen it. */
  lastNumber?: number;
}

export class SpoolFull extends Error {
  constructor(maxBytes: number) {
    super(`The spool holds ${maxBytes} bytes, as much as it may, until the store has caught up. Try again later.`);
    this.name = 'SpoolFull';
  }
}

/** Sealed: it does not change any more. */
export interface Segment {
  /** When it was begun, in milliseconds since 1970, or one more than the one before: it never comes twice, and only ever grows. */
  number: number;
  sizeBytes: number;
  /** An earlier process wrote it, which may have begun to move it to the store. */
  isRecovered: boolean;
}

/** What was found and put right when the spool was opened. */
export interface SpoolRecovery {
  segments: number;
  /** Bytes cut off the ends of segments: records whose write a crash interrupted, so never acknowledged. */
  cutBytes: number;
}

interface Waiting {
  payload: Uint8Array;
  resolve: () => void;
  reject: (error: unknown) => void;
}

const mebibyte = 1024 * 1024;

export class Spool {
  recovery: SpoolRecovery = { segments: 0, cutBytes: 0 };
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  #open: { number: number; file: SegmentFile } | undefined;
  readonly #sealed: Segment[] = [];
  #sealedBytes = 0;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;
  #lastNumber: number;
  #onRecord: (() => void) | undefined;
  #closed = false;

  private constructor(options: SpoolOptions) {
    this.#directory = options.directory;
    this.#maxBytes = options.maxBytes ?? 2048 * mebibyte;
    this.#segmentBytes = options.segmentBytes ?? 16 * mebibyte;
    this.#lastNumber = options.lastNumber ?? 0;
  }

  static async open(options: SpoolOptions): Promise<Spool> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const spool = new Spool(options);
    await spool.#recover();
    return spool;
  }

  /** Bytes on disk and on the way there. */
  get sizeBytes(): number {
    return this.#sealedBytes + (this.#open?.file.sizeBytes ?? 0) + this.#waitingBytes;
  }

  get segmentCount(): number {
    return this.#sealed.length + (this.#open ? 1 : 0);
  }

  /**
   * Resolves once the payload would survive a crash and a power cut; it must stay untouched until then.
   * @throws SpoolFull; whatever the disk throws. The payload is not in the spool then.
   */
  append(payload: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(new Error('The spool is closed: the server is stopping.'));
    const size = recordHeaderSize + payload.length;
    if (this.sizeBytes + size > this.#maxBytes) return Promise.reject(new SpoolFull(this.#maxBytes));
    this.#waitingBytes += size;
    const done = new Promise<void>((resolve, reject) => this.#waiting.push({ payload, resolve, reject }));
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
    const end = this.#waiting.findIndex(({ payload }) => {
      bytes += payload.length;
      return bytes > this.#segmentBytes;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end));
  }

  async #write(batch: Waiting[]): Promise<void> {
    try {
      this.#open ??= await this.#create();
      await this.#open.file.append(batch.map(({ payload }) => payload));
      for (const { resolve } of batch) resolve();
      if (this.#open.file.sizeBytes >= this.#segmentBytes) await this.#sealOpen();
      this.#onRecord?.();
    } catch (error) {
      for (const { reject } of batch) reject(error);
      // The file's state is in doubt after a failed write: what is known to be good stays, and a new one begins.
      await this.#sealOpen();
    } finally {
      for (const { payload } of batch) this.#waitingBytes -= recordHeaderSize + payload.length;
    }
  }

  /** A sealed segment, without removing it: the oldest, or the one at `place` after it. Undefined when there is none. */
  peek(place = 0): Segment | undefined {
    return this.#sealed[place];
  }

  /** Ends the open segment, if there is one, so that it can be taken. */
  async seal(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    // What is appended meanwhile waits, because a flush seems to be under way.
    this.#flushing = this.#sealOpen();
    await this.#flushing;
    this.#flushing = this.#waiting.length > 0 ? this.#flush() : undefined;
  }

  /** The payloads, in the order of their arrival. */
  async read(segment: Segment): Promise<Uint8Array[]> {
    const bytes = await readFile(this.#path(segment.number));
    return readSegment(bytes.subarray(0, segment.sizeBytes)).payloads;
  }

  /** The segment is in the store. */
  async remove(segment: Segment): Promise<void> {
    await rm(this.#path(segment.number), { force: true });
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
    this.#onRecord?.();
  }

  async #create(): Promise<{ number: number; file: SegmentFile }> {
    this.#lastNumber = Math.max(Date.now(), this.#lastNumber + 1);
    // Whoever removed the directory took what waited in it, but not what is to come.
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    return { number: this.#lastNumber, file: await SegmentFile.create(this.#path(this.#lastNumber)) };
  }

  async #sealOpen(): Promise<void> {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    this.#add({ number: open.number, sizeBytes: open.file.sizeBytes, isRecovered: false });
    // Everything in it has been synced: a close that fails loses nothing.
    await open.file.close().catch(() => undefined);
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
    const numbers = (await readdir(this.#directory)).flatMap((name) => /^(\d{15})\.spool$/.exec(name)?.[1] ?? []);
    for (const number of numbers.map(Number).sort((a, b) => a - b)) await this.#recoverSegment(number);
  }

  async #recoverSegment(number: number): Promise<void> {
    const path = this.#path(number);
    const bytes = await readFile(path);
    const { goodBytes, payloads } = readSegment(bytes);
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.recovery.cutBytes += bytes.length - goodBytes;
    if (payloads.length === 0) {
      await rm(path);
      return;
    }
    if (goodBytes < bytes.length) await truncate(path, goodBytes);
    this.recovery.segments++;
    this.#add({ number, sizeBytes: goodBytes, isRecovered: true });
  }

  #path(number: number): string {
    return join(this.#directory, `${String(number).padStart(15, '0')}.spool`);
  }
}
