import { allocate } from './memory';

/** Zeros in a row, read and written by who has it. What it took for one batch it has for the next from the beginning. */
export class Table {
  at: usize = 0;
  size: usize;

  /** @param size in bytes, to begin with */
  constructor(size: usize) {
    this.size = size;
  }

  /** The memory that it had is gone already. */
  clear(): void {
    this.at = allocate(this.size);
    memory.fill(this.at, 0, this.size);
  }

  /** Makes it at least that large. What it has moves. */
  @inline
  reserve(size: usize): void {
    if (size > this.size) this.grow(size);
  }

  private grow(size: usize): void {
    const grown = max(this.size << 1, size);
    const at = allocate(grown);
    memory.copy(at, this.at, this.size);
    memory.fill(at + this.size, 0, grown - this.size);
    this.at = at;
    this.size = grown;
  }
}
