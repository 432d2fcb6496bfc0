import { Table } from './table';

/** How often each of some numbers from 0 on was counted. What it takes goes by how many there are, not by how large they are. */
export class SlotCounts {
  private readonly counts: Table = new Table(1024);
  /** Those that were counted, in the order of their first time. */
  private readonly slots: Table = new Table(1024);
  size: usize = 0;

  clearMemory(): void {
    this.counts.clear();
    this.slots.clear();
    this.size = 0;
  }

  slotAt(index: usize): u32 {
    return load<u32>(this.slots.at + (index << 2));
  }

  of(slot: u32): u32 {
    return load<u32>(this.counts.at + ((slot as usize) << 2));
  }

  add(slot: u32, count: u32): void {
    const offset = (slot as usize) << 2;
    this.counts.reserve(offset + 4);
    const known = load<u32>(this.counts.at + offset);
    store<u32>(this.counts.at + offset, known + count);
    if (known > 0) return;
    this.slots.reserve((this.size + 1) << 2);
    store<u32>(this.slots.at + (this.size++ << 2), slot);
  }

  clear(): void {
    for (let i: usize = 0; i < this.size; i++) store<u32>(this.counts.at + ((this.slotAt(i) as usize) << 2), 0);
    this.size = 0;
  }
}
