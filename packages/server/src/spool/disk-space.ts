import { statfs } from 'node:fs/promises';

/** What `statfs` tells of a file system; the bytes are for us, without what it keeps for the administrator. */
export interface DiskReading {
  freeBytes: number;
  totalBytes: number;
}

/** Where a disk has less than this left, the last of it is for those who clean up. */
const minFreeShare = 0.05;
const lookEveryMs = 1_000;

/** @throws what `statfs` throws */
export async function readDisk(path: string): Promise<DiskReading> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Knows, without asking, how it stood with a directory's disk a moment ago. */
export class DiskSpace {
  readonly #path: string;
  readonly #read: typeof readDisk;
  readonly #timer: NodeJS.Timeout;
  #reading: DiskReading | undefined;

  private constructor(path: string, read: typeof readDisk) {
    this.#path = path;
    this.#read = read;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  static async watch(path: string, read: typeof readDisk = readDisk): Promise<DiskSpace> {
    const space = new DiskSpace(path, read);
    await space.#look();
    return space;
  }

  /** Undefined where the file system does not say. */
  get reading(): DiskReading | undefined {
    return this.#reading;
  }

  /** The reading, where it says that too little is left. */
  get ifLow(): DiskReading | undefined {
    const reading = this.#reading;
    return reading && reading.freeBytes < minFreeShare * reading.totalBytes ? reading : undefined;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A directory that is gone, or a file system without `statfs`, is no reason to refuse: writing will tell. */
  async #look(): Promise<void> {
    this.#reading = await this.#read(this.#path).catch(() => undefined);
  }
}
