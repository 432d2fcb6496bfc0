/**
 * What Node up to 22 has underneath `async_hooks`: V8's hooks for promises, as Node itself sets them, and the stack of
 * what the program's code runs for. What Node offers in public for promises, `v8.promiseHooks`, comes on top of its own
 * hooks and cannot stand in their place. The binding is given out with a warning of deprecation; where anything in it
 * is not as known, there is none.
 *
 * @see https://github.com/nodejs/node/blob/v20.x/lib/internal/async_hooks.js
 */
import { AsyncResource } from 'node:async_hooks';

type PromiseHook = (promise: object, parent?: object) => void;

interface NodesBinding {
  setPromiseHooks(
    init: PromiseHook | undefined,
    before: PromiseHook | undefined,
    after: PromiseHook | undefined,
    settled: PromiseHook | undefined,
  ): void;
  getPromiseHooks(): readonly unknown[];
  readonly execution_async_resources: (object | undefined)[];
  readonly async_hook_fields: Uint32Array;
  readonly async_id_fields: Float64Array;
  readonly constants: { readonly kStackLength: number; readonly kAsyncIdCounter: number };
}

export class AsyncBinding {
  readonly #nodes: NodesBinding;
  readonly #resources: readonly (object | undefined)[];
  readonly #fields: Uint32Array;
  readonly #stackLength: number;
  readonly #ids: Float64Array;
  readonly #idCounter: number;
  readonly #idSymbol: symbol;
  readonly #triggerIdSymbol: symbol;

  constructor(nodes: NodesBinding, idSymbol: symbol, triggerIdSymbol: symbol) {
    this.#nodes = nodes;
    this.#resources = nodes.execution_async_resources;
    this.#fields = nodes.async_hook_fields;
    this.#stackLength = nodes.constants.kStackLength;
    this.#ids = nodes.async_id_fields;
    this.#idCounter = nodes.constants.kAsyncIdCounter;
    this.#idSymbol = idSymbol;
    this.#triggerIdSymbol = triggerIdSymbol;
  }

  /** Whether neither Node nor the program has hooks for promises. */
  hasNoPromiseHooks(): boolean {
    return this.#nodes.getPromiseHooks().every((hook) => hook === undefined);
  }

  /** In place of Node's, until Node sets its own again. */
  setPromiseHooks(onInit: PromiseHook, before: PromiseHook, after: PromiseHook): void {
    this.#nodes.setPromiseHooks(onInit, before, after, undefined);
  }

  /** Of Node's stack. */
  depth(): number {
    return this.#fields[this.#stackLength] as number;
  }

  /**
   * What stands at a depth from 1 on. `executionAsyncResource` takes 30 ns more, since it looks whether something else
   * stands for it in public: for the parser of an HTTP message does, and for the handle of a connection that is used
   * again.
   * @returns undefined for some of those that Node's native part has put there
   */
  resourceAt(depth: number): object | undefined {
    return this.#resources[depth - 1];
  }

  /** As Node numbers what its hooks see; without a number it does not look at what else a promise holds. */
  number(promise: object): void {
    const id = (this.#ids[this.#idCounter] as number) + 1;
    this.#ids[this.#idCounter] = id;
    (promise as Record<symbol, number>)[this.#idSymbol] = id;
    (promise as Record<symbol, number>)[this.#triggerIdSymbol] = 0;
  }
}

/** @returns undefined where Node is not as known */
export function findAsyncBinding(): AsyncBinding | undefined {
  try {
    const nodes = readBinding();
    const symbols = Object.getOwnPropertySymbols(new AsyncResource('SIGHTLINE'));
    const [id, triggerId] = ['async_id_symbol', 'trigger_async_id_symbol'].map((name) =>
      symbols.find(({ description }) => description === name),
    );
    if (id === undefined || triggerId === undefined || !isAsKnown(nodes)) return undefined;
    return new AsyncBinding(nodes, id, triggerId);
  } catch {
    return undefined;
  }
}

/** Without the warning, which would be printed in the program's name. */
function readBinding(): Partial<NodesBinding> {
  const { binding } = process as unknown as { binding(name: string): Partial<NodesBinding> };
  const before = Object.getOwnPropertyDescriptor(process, 'noDeprecation');
  process.noDeprecation = true;
  try {
    return binding.call(process, 'async_wrap');
  } finally {
    if (before === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else Object.defineProperty(process, 'noDeprecation', before);
  }
}

function isAsKnown(nodes: Partial<NodesBinding>): nodes is NodesBinding {
  const { constants, async_hook_fields: fields, async_id_fields: ids, execution_async_resources: resources } = nodes;
  return (
    typeof nodes.setPromiseHooks === 'function' &&
    typeof nodes.getPromiseHooks === 'function' &&
    Array.isArray(resources) &&
    fields instanceof Uint32Array &&
    fields[constants?.kStackLength ?? -1] !== undefined &&
    ids instanceof Float64Array &&
    ids[constants?.kAsyncIdCounter ?? -1] !== undefined
  );
}
