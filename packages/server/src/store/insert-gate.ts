/** Inserts may go side by side; what counts anew what is there waits until none is under way, and none begins while it runs. */
export class InsertGate {
  readonly #inserts = new Set<Promise<void>>();
  /** Until all that wait to go alone have gone. */
  #alone: Promise<void> = Promise.resolve();
  #waitingCount = 0;
  #running: Promise<void> | undefined;

  /** @param mayPass those that wait to go alone, who may wait for an insert that waits for this one */
  async insert(action: () => Promise<void>, mayPass: boolean): Promise<void> {
    while (mayPass ? this.#running : this.#waitingCount > 0) await (mayPass ? this.#running : this.#alone);
    const done = action();
    this.#inserts.add(done);
    try {
      await done;
    } finally {
      this.#inserts.delete(done);
    }
  }

  async alone(action: () => Promise<void>): Promise<void> {
    this.#waitingCount++;
    const done = this.#alone.then(() => this.#goAlone(action));
    this.#alone = done.catch(() => undefined);
    await done;
  }

  async #goAlone(action: () => Promise<void>): Promise<void> {
    try {
      while (this.#inserts.size > 0) await Promise.allSettled(this.#inserts);
      const done = action();
      this.#running = done.catch(() => undefined);
      await done;
    } finally {
      this.#running = undefined;
      this.#waitingCount--;
    }
  }
}
