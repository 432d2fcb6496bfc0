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
  /** Of each lane, how many of the spool's segments it is done with. */
  readonly #ahead: number[];
  readonly #toSetAside = new Set<number>();
  /** Removing moves places: nobody looks for one meanwhile. */
  #turn: Promise<unknown> = Promise.resolve();
  #record: Promise<void> | undefined;

  constructor(spool: WriterSpool, count: number) {
    this.#spool = spool;
    this.#ahead = Array<number>(count).fill(0);
    this.lanes = this.#ahead.map((_, lane) => this.#lane(lane));
  }

  #lane(lane: number): WriterSpool {
    return {
      peek: (place = 0) => this.#inTurn(() => this.#spool.peek(this.#aheadOf(lane) + place)),
      seal: () => this.#spool.seal(),
      waitForRecord: () => this.#waitForRecord(),
      remove: (segment, corrupt) => this.#inTurn(() => this.#done(lane, segment, corrupt)).then(() => undefined),
      setAside: async (segment) => {
        this.#toSetAside.add(segment.number);
        const path = await this.#inTurn(() => this.#done(lane, segment));
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

  async #done(lane: number, segment: Segment, corrupt?: readonly Stretch[]): Promise<string | undefined> {
    this.#ahead[lane] = this.#aheadOf(lane) + 1;
    if (this.#ahead.includes(0)) return undefined;
    for (const index of this.#ahead.keys()) this.#ahead[index] = this.#aheadOf(index) - 1;
    if (this.#toSetAside.delete(segment.number)) return this.#spool.setAside(segment);
    await this.#spool.remove(segment, corrupt);
    return undefined;
  }

  #aheadOf(lane: number): number {
    return this.#ahead[lane] ?? 0;
  }

  async #inTurn<Result>(action: () => Promise<Result> | Result): Promise<Result> {
    const result = this.#turn.then(action);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
