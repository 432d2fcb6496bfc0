/** How often each of some numbers from 0 on was counted. What it takes goes by how many there are, not by how large they are. */
import { grown } from './grown.ts';

export class SlotCounts {
  #counts = new Uint32Array(256);
  /** Those that were counted, in the order of their first time. */
  readonly slots: number[] = [];

  of(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  add(slot: number, count: number): void {
    if (slot >= this.#counts.length) this.#grow(slot + 1);
    const known = this.#counts[slot] as number;
    if (known === 0) this.slots.push(slot);
    this.#counts[slot] = known + count;
  }

  clear(): void {
    for (const slot of this.slots) this.#counts[slot] = 0;
    this.slots.length = 0;
  }

  #grow(length: number): void {
    this.#counts = grown(this.#counts, length);
  }
}
