/**
 * Contexts before Node 24, where nothing is handed on by itself: the value hangs on each promise, timer, tick and
 * handle that is made while it is there, under a symbol, and is found again on what the program's code runs for.
 *
 * `async_hooks` would tell of all of them. For promises, of which there are most, that is dear: Node numbers each, keeps
 * a stack of the numbers, and asks every hook. V8's own hooks for promises, on which this stands, are three short
 * functions of ours instead (half the cost of a request with twenty awaited calls), and `async_hooks` tells of the rest.
 * Node sets V8's hooks itself as soon as any of its hooks or storages is enabled, so from the first that the program
 * enables it is `async_hooks` for promises, too. Both ways put the value in the same place.
 */
import { createHook, executionAsyncId, executionAsyncResource } from 'node:async_hooks';
import { type AsyncBinding, findAsyncBinding } from './async-binding.ts';
import type { ContextStore } from './context-store.ts';
import { unchanged } from './unchanged.ts';

const key: unique symbol = Symbol('sightline.context');

interface Resource {
  [key]?: unknown;
}

/** One state for all stores, since there is one hook. */
let isEnabled = false;
let binding: AsyncBinding | undefined;
/** Where V8's hooks are ours: whether a promise's code runs, what hangs on it, and the depth of Node's stack below it. */
let isInPromise = false;
let valueInPromise: unknown;
let depthOfPromise = 0;
/** The same of promises around it, in turn: a `vm` context may run its own promises in the middle of another's code. */
const around: { readonly value: unknown; readonly depth: number }[] = [];
/** Of the code that ran when Node set its own hooks: the last that runs for a promise of ours. */
let lastId: number | undefined;

export class HookStore<T> implements ContextStore<T> {
  get(): T | undefined {
    return isEnabled ? (read() as T | undefined) : undefined;
  }

  enter(value: T): unknown {
    if (!isEnabled) enable();
    const before = read();
    if (before === value) return unchanged;
    write(value);
    return before;
  }

  leave(before: unknown): void {
    if (before !== unchanged) write(before);
  }
}

function read(): unknown {
  if (binding === undefined) return (executionAsyncResource() as Resource)[key];
  const depth = binding.depth();
  if (standsInPromise(depth)) return valueInPromise;
  const resource: Resource | undefined = depth === 0 ? undefined : binding.resourceAt(depth);
  return resource?.[key] ?? (executionAsyncResource() as Resource)[key];
}

function write(value: unknown): void {
  const depth = binding?.depth() ?? 0;
  if (standsInPromise(depth)) valueInPromise = value;
  else {
    const resource: Resource | undefined = depth === 0 ? undefined : binding?.resourceAt(depth);
    if (resource !== undefined) resource[key] = value;
    (executionAsyncResource() as Resource)[key] = value;
  }
}

/** Deeper on the stack is code that runs for something else, inside of the promise's. */
function standsInPromise(depth: number): boolean {
  return isInPromise && depth === depthOfPromise && (lastId === undefined || lastId === executionAsyncId());
}

/** With the first request: a program that serves none does without hooks. */
function enable(): void {
  isEnabled = true;
  binding = findAsyncBinding();
  const isAlone = binding?.hasNoPromiseHooks();
  createHook({ init: onResource }).enable();
  if (isAlone) binding?.setPromiseHooks(onPromise, beforePromise, afterPromise);
}

function onResource(_asyncId: number, type: string, _triggerAsyncId: number, resource: object): void {
  if (type === 'PROMISE' && lastId === undefined) lastId = executionAsyncId(); // Node has set its own hooks
  const value = read();
  if (value !== undefined) (resource as Resource)[key] = value;
  if (type === 'TCPWRAP' || type === 'TLSWRAP' || type === 'PIPEWRAP') putOnReused(resource, value);
}

/** A connection of the program's HTTP agent that is used again: Node makes a new object that stands for its handle. */
function putOnReused({ handle }: { handle?: object }, value: unknown): void {
  if (typeof handle === 'object' && handle !== null) (handle as Resource)[key] = value;
}

function onPromise(promise: object): void {
  const value = read();
  if (value === undefined) return;
  (promise as Resource)[key] = value;
  // So that Node finds it where it is rejected and nobody handles that.
  binding?.number(promise);
}

function beforePromise(promise: object): void {
  if (isInPromise) around.push({ value: valueInPromise, depth: depthOfPromise });
  isInPromise = true;
  valueInPromise = (promise as Resource)[key];
  depthOfPromise = binding?.depth() ?? 0;
}

function afterPromise(): void {
  const outer = around.length === 0 ? undefined : around.pop();
  isInPromise = outer !== undefined;
  valueInPromise = outer?.value;
  depthOfPromise = outer?.depth ?? 0;
}
