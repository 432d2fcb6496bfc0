/**
 * One spool for several writers, of which each takes every segment, in order, at its own pace: one for each shard, so that
 * a shard that is away holds up only what is its own. A segment is removed when the last of them is done with it.
 *
 *   spool      │ 1 │ 2 │ 3 │ 4 │ 5 │
 *   lane 1                   ▲          three are ahead: done by it, but not by all
 *   lane 2       ▲                      none: its shard is away
 */
import type { Stretch } from '../spool/segment-format.ts';
import type { Segment } from '../spool/spool.ts';
import type { WriterSpool } from './writer.ts';

export class SpoolLanes {
  readonly lanes: readonly WriterSpool[];
  readonly #spool: WriterSpool;
  /** Of each lane, the number of the last segment that it is done with. */
  readonly #done: number[];
  readonly #toSetAside = new Set<number>();
  #record: Promise<void> | undefined;

  constructor(spool: WriterSpool, count: number) {
    this.#spool = spool;
    this.#done = Array<number>(count).fill(0);
    this.lanes = this.#done.map((_, lane) => this.#lane(lane));
  }

  #lane(lane: number): WriterSpool {
    return {
      sealed: (after, most) => this.#spool.sealed(after, most),
      seal: () => this.#spool.seal(),
      waitForRecord: () => this.#waitForRecord(),
      remove: async (segment, corrupt) => {
        await this.#leave(lane, segment, corrupt);
      },
      setAside: async (segment) => {
        this.#toSetAside.add(segment.number);
        const path = await this.#leave(lane, segment);
        return path ?? `segment ${segment.number}, kept aside when the other shards have it`;
      },
    };
  }

  /** The spool tells one waiter. */
  #waitForRecord(): Promise<void> {
    this.#record ??= Promise.resolve(this.#spool.waitForRecord()).finally(() => {
      this.#record = undefined;
    });
    return this.#record;
  }

  /** The last lane that is done with it removes it. */
  async #leave(lane: number, segment: Segment, corrupt?: readonly Stretch[]): Promise<string | undefined> {
    this.#done[lane] = segment.number;
    if (this.#done.some((number) => number < segment.number)) return undefined;
    if (this.#toSetAside.delete(segment.number)) return this.#spool.setAside(segment);
    await this.#spool.remove(segment, corrupt);
    return undefined;
  }
}
