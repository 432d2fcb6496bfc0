/** How often each of the numbers from 0 on was counted. */
export class SlotCounts {
  #counts = new Uint32Array(256);
  /** All slots that were ever counted lie below. */
  end = 0;

  of(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  add(slot: number, count: number): void {
    if (slot >= this.#counts.length) this.#grow(slot + 1);
    if (slot >= this.end) this.end = slot + 1;
    this.#counts[slot] = (this.#counts[slot] as number) + count;
  }

  clear(): void {
    this.#counts.fill(0, 0, this.end);
    this.end = 0;
  }

  #grow(length: number): void {
    const grown = new Uint32Array(Math.max(this.#counts.length * 2, length));
    grown.set(this.#counts);
    this.#counts = grown;
  }
}
