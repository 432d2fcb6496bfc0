import type { SpoolStatus } from '@sightline/wire';
import type { DiskSpace } from './disk-space.ts';
import { DiskNearlyFull, SpoolFull } from './spool-full.ts';

type RoomStatus = Pick<SpoolStatus, 'state' | 'maxBytes' | 'refusedRequests' | 'diskFreeBytes' | 'diskTotalBytes'>;

/** Whether more may come into a spool: by its own limit, and by what its disk has left. */
export class SpoolRoom {
  readonly #maxBytes: number;
  readonly #disk: DiskSpace;
  /** The size of what was refused last for want of room; 0 when nothing was. */
  #refusedBytes = 0;
  #refusedCount = 0;

  constructor(maxBytes: number, disk: DiskSpace) {
    this.#maxBytes = maxBytes;
    this.#disk = disk;
  }

  /** @returns why `moreBytes` cannot come to the `sizeBytes` that are there */
  refusalOf(moreBytes: number, sizeBytes: number): SpoolFull | undefined {
    const disk = this.#disk.ifLow;
    const hasRoom = sizeBytes + moreBytes <= this.#maxBytes;
    if (!disk && hasRoom) return undefined;
    this.#refusedCount++;
    if (disk) return new DiskNearlyFull(disk);
    this.#refusedBytes = moreBytes;
    return new SpoolFull(
      `The spool holds ${sizeBytes} bytes of the ${this.#maxBytes} that it may (--spool-max): ${moreBytes} more have ` +
        'to wait until the store has caught up. Try again later.',
    );
  }

  status(sizeBytes: number): RoomStatus {
    const { reading } = this.#disk;
    return {
      state: this.#state(sizeBytes),
      maxBytes: this.#maxBytes,
      refusedRequests: this.#refusedCount,
      ...(reading ? { diskFreeBytes: reading.freeBytes, diskTotalBytes: reading.totalBytes } : {}),
    };
  }

  /** Full until what was refused last would fit. */
  #state(sizeBytes: number): SpoolStatus['state'] {
    if (this.#disk.ifLow) return 'disk-low';
    return this.#refusedBytes > 0 && sizeBytes + this.#refusedBytes > this.#maxBytes ? 'full' : 'ok';
  }
}
