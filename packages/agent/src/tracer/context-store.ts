/**
 * Keeps a value through asynchronous calls, as `AsyncLocalStorage` does, in the cheapest way that each Node has:
 *
 *     from 24 on   in the engine's own slot, in a frame smaller than Node's          frame-store.ts
 *     before       on the promises, timers and handles that come out of a call       hook-store.ts
 *
 * Each of them leans on something of Node's that it does not document, looks at it first, and gives way to
 * {@link StorageStore} or to Node's documented hooks where it is not as expected.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createFrameStore, type HasFrame, usesFrames } from './frame-store.ts';
import { HookStore } from './hook-store.ts';
import { unchanged } from './unchanged.ts';

export interface ContextStore<T> {
  get(): T | undefined;
  /**
   * Until {@link leave}, and in whatever is started before that.
   * @returns what `leave` needs: {@link unchanged} where the value was there already
   */
  enter(value: T): unknown;
  /** In the same turn, whatever happened since; what the program entered into storages of its own stays. */
  leave(before: unknown): void;
}

export function createContextStore<T extends HasFrame>(): ContextStore<T> {
  if (!usesFrames) return new HookStore<T>();
  return createFrameStore<T>() ?? new StorageStore<T>();
}

/** By the documented means, at five times the cost. */
export class StorageStore<T> implements ContextStore<T> {
  readonly #storage = new AsyncLocalStorage<T | undefined>();

  get(): T | undefined {
    return this.#storage.getStore();
  }

  enter(value: T): unknown {
    const before = this.#storage.getStore();
    if (before === value) return unchanged;
    this.#storage.enterWith(value);
    return before;
  }

  leave(before: unknown): void {
    if (before !== unchanged) this.#storage.enterWith(before as T | undefined);
  }
}
