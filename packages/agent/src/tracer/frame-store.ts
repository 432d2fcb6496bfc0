/**
 * Contexts from Node 24 on. The engine keeps one value for each chain of asynchronous calls, and hands it on for
 * nothing. Node puts a frame there: a `Map` from `AsyncLocalStorage` to its value, copied whenever one of them changes,
 * 570 bytes each time. An idle connection keeps one, and a request that enters and leaves makes several.
 *
 * We put a {@link Frame} there, 40 bytes that stand for one value of ours and for Node's frame with all others:
 *
 *     engine's slot ─▶ Frame { value ─▶ Context, others ─▶ Node's frame | undefined }
 *
 * It answers to what Node asks of a frame, so that the program's storages work as ever: Node copies it into a `Map` of
 * its own as soon as one of them changes. Node's class of frames is found on an `AsyncResource`, which remembers the
 * frame that it was made in.
 *
 * @see https://github.com/nodejs/node/blob/main/lib/internal/async_context_frame.js
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';
import type { ContextStore } from './context-store.ts';
import { unchanged } from './unchanged.ts';

/** What can be entered keeps its frame, for as long as no other storage has a value beside it. */
export interface HasFrame {
  frame: Frame | undefined;
}

/** Of Node's frames, what is asked of any. */
interface Frames extends Iterable<[unknown, unknown]> {
  has(storage: unknown): boolean;
  get(storage: unknown): unknown;
}

/** Node's class, and by it the engine's slot. */
interface FrameClass {
  new (storage: unknown, value: unknown): Frames;
  current(): Frames | undefined;
  set(frame: Frames | undefined): void;
}

/** Stands for our store among the storages in Node's own frames. */
const ourStorage = {};

class Frame implements Frames {
  readonly value: object;
  /** Of the program's storages; never another `Frame`. It may hold an older value of ours, too. */
  others: Frames | undefined;

  constructor(value: object, others: Frames | undefined) {
    this.value = value;
    this.others = others;
  }

  has(storage: unknown): boolean {
    return storage === ourStorage || this.others?.has(storage) === true;
  }

  get(storage: unknown): unknown {
    return storage === ourStorage ? this.value : this.others?.get(storage);
  }

  *[Symbol.iterator](): Iterator<[unknown, unknown]> {
    if (this.others !== undefined) yield* this.others;
    yield [ourStorage, this.value];
  }

  /** By `storage.disable()`. Whoever else stands in the frame of the others keeps it as it is. */
  disable(storage: unknown): void {
    if (this.others === undefined) return;
    const others = new Map(this.others);
    others.delete(storage);
    this.others = others;
  }
}

const nodesFrame = findFrameClass();

/** Whether the engine hands contexts on; a program may choose by a flag of Node's. */
export const usesFrames: boolean = nodesFrame !== undefined;

/** @returns undefined where Node's frames are not what they are known to be */
export function createFrameStore<T extends HasFrame>(): ContextStore<T> | undefined {
  try {
    if (nodesFrame === undefined || !isAsKnown(nodesFrame)) return undefined;
    return new FrameStore<T>(nodesFrame);
  } catch {
    return undefined;
  }
}

class FrameStore<T extends HasFrame> implements ContextStore<T> {
  readonly #nodes: FrameClass;

  constructor(nodes: FrameClass) {
    this.#nodes = nodes;
  }

  get(): T | undefined {
    return valueIn(this.#nodes.current()) as T | undefined;
  }

  enter(value: T): unknown {
    const before = this.#nodes.current();
    if (valueIn(before) === value) return unchanged;
    this.#nodes.set(frameOf(value, othersIn(before)));
    return before;
  }

  leave(before: unknown): void {
    if (before !== unchanged) this.#return(before as Frames | undefined, this.#nodes.current());
  }

  /** What the program has entered meanwhile outlives our turn, as it would without us. */
  #return(before: Frames | undefined, now: Frames | undefined): void {
    if (now instanceof Frame && now.others === othersIn(before)) this.#nodes.set(before);
    else this.#nodes.set(new this.#nodes(ourStorage, valueIn(before)));
  }
}

function valueIn(frame: Frames | undefined): unknown {
  if (frame === undefined) return undefined;
  return frame instanceof Frame ? frame.value : frame.get(ourStorage);
}

function othersIn(frame: Frames | undefined): Frames | undefined {
  return frame instanceof Frame ? frame.others : frame;
}

function frameOf(value: HasFrame, others: Frames | undefined): Frame {
  if (others !== undefined) return new Frame(value, others);
  value.frame ??= new Frame(value, undefined);
  return value.frame;
}

/** In a frame of Node's, an `AsyncResource` has it under a symbol. */
function findFrameClass(): FrameClass | undefined {
  const place = frameSymbolOf(new AsyncResource('SIGHTLINE'));
  if (place === undefined) return undefined; // and using a storage would switch hooks on
  const storage = new AsyncLocalStorage();
  // `run` leaves a frame behind, even if an empty one, in which the whole program would run from here on.
  const within = new AsyncResource('SIGHTLINE');
  const resource = within.runInAsyncScope(() => storage.run(1, () => new AsyncResource('SIGHTLINE')));
  storage.disable();
  // Not an `instanceof Map`: Node cuts its own off from the prototype that a program may change.
  const frame = Reflect.get(resource, place) as { get?(storage: object): unknown } | undefined;
  return frame?.get?.(storage) === 1 ? (frame.constructor as FrameClass) : undefined;
}

function frameSymbolOf(resource: AsyncResource): symbol | undefined {
  return Object.getOwnPropertySymbols(resource).find(({ description }) => description === 'context_frame');
}

/** Tried out with a storage of the program's kind, in all the ways in which it and ours meet. */
function isAsKnown(nodes: FrameClass): boolean {
  const before = nodes.current();
  const store = new FrameStore<HasFrame>(nodes);
  const theirs = new AsyncLocalStorage<number>();
  const [a, b]: HasFrame[] = [{ frame: undefined }, { frame: undefined }];
  if (a === undefined || b === undefined) return false;
  const holds: boolean[] = [];
  try {
    const outer = store.enter(a);
    holds.push(store.get() === a, theirs.getStore() === undefined);
    theirs.run(1, () => {
      holds.push(store.get() === a, theirs.getStore() === 1);
      const inner = store.enter(b);
      holds.push(store.get() === b, theirs.getStore() === 1);
      const resource = new AsyncResource('SIGHTLINE');
      store.leave(inner);
      holds.push(store.get() === a, theirs.getStore() === 1);
      resource.runInAsyncScope(() => holds.push(store.get() === b, theirs.getStore() === 1));
      theirs.exit(() => holds.push(store.get() === a, theirs.getStore() === undefined));
    });
    theirs.enterWith(2);
    store.leave(outer);
    holds.push(store.get() === undefined, theirs.getStore() === 2);
  } finally {
    nodes.set(before);
  }
  return holds.length === 14 && holds.every(Boolean);
}
