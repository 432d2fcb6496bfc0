/**
 * The embedded engine merges on the processors that insert, too. While the writer is behind, merges wait: what was acknowledged is to be
 * found first. Not for ever: after some hundred parts they go on, because each part more makes reading slower. Nor while
 * something is deleted: the engine does not write parts anew while it may not merge.
 */
import type { Connection } from './connection.ts';

/** Of inserts in a row without a merge. The engine itself slows inserts down at 1,000 parts. */
const mostHeld = 100;

export class MergeHold {
  readonly #connection: Pick<Connection, 'run'>;
  #isHeld = false;
  #inserts = 0;
  #mutations = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(connection: Pick<Connection, 'run'>) {
    this.#connection = connection;
  }

  /** @param isBehind many more batches wait for this one */
  async beforeInsert(isBehind: boolean): Promise<void> {
    this.#inserts = isBehind ? this.#inserts + 1 : 0;
    await this.#update();
  }

  /** Merges are not held until `mutation` is done. */
  async during<Result>(mutation: () => Promise<Result>): Promise<Result> {
    this.#mutations++;
    try {
      await this.#update();
      return await mutation();
    } finally {
      this.#mutations--;
    }
  }

  /** One after the other: what holds then is what is said then. */
  #update(): Promise<void> {
    const done = this.#turn.then(async () => {
      const toHold = this.#mutations === 0 && this.#inserts > 0 && this.#inserts <= mostHeld;
      if (toHold === this.#isHeld) return;
      await this.#connection.run(`SYSTEM ${toHold ? 'STOP' : 'START'} MERGES`);
      this.#isHeld = toHold;
    });
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
