/** `context` of `@opentelemetry/api` on our context store. */
import { EventEmitter } from 'node:events';
import type * as api from '@opentelemetry/api';
import { guard } from '../guard.ts';
import { activeContext, adoptContext, type Context, runWith } from './context.ts';

type Callback = (...args: unknown[]) => unknown;
type AddListener = (event: string | symbol, listener: Callback) => EventEmitter;

const adopt = guard('api.context', (context: api.Context | null | undefined) =>
  isContext(context) ? adoptContext(context) : undefined,
);

/** The program's context as ours; the active one where it handed over something else. */
export function ownContext(context: api.Context | undefined): Context {
  return adopt(context) ?? activeContext();
}

function isContext(value: Partial<api.Context> | null | undefined): value is api.Context {
  return typeof value?.getValue === 'function' && typeof value.deleteValue === 'function';
}

export const contextManager: api.ContextManager = {
  active(): api.Context {
    const context = activeContext();
    return context.origin?.deref() ?? context;
  },

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: api.Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return runWith(ownContext(context), fn, thisArg as ThisParameterType<F>, args);
  },

  bind<T>(context: api.Context, target: T): T {
    if (target instanceof EventEmitter) return bindEmitter(ownContext(context), target);
    return typeof target === 'function' ? (bindFunction(ownContext(context), target as T & Callback) as T) : target;
  },

  enable() {
    return this;
  },

  /** The agent's own instrumentation goes on: only the API stops seeing the store, by deleting its registration. */
  disable() {
    return this;
  },
};

function bindFunction(context: Context, fn: Callback): Callback {
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    return runWith(context, fn, this, args);
  };
  Object.defineProperty(bound, 'length', { value: fn.length, configurable: true });
  return bound;
}

const boundEmitters = new WeakSet<EventEmitter>();

/** Listeners added from now on are called in the context; the first binding of an emitter stays. */
function bindEmitter<T extends EventEmitter>(context: Context, emitter: T): T {
  if (boundEmitters.has(emitter)) return emitter;
  boundEmitters.add(emitter);
  const append: AddListener = emitter.on;
  const prepend: AddListener = emitter.prependListener;
  replace(emitter, 'on', (event, listener) => append.call(emitter, event, bindListener(context, listener)));
  replace(emitter, 'addListener', (event, listener) => append.call(emitter, event, bindListener(context, listener)));
  replace(emitter, 'prependListener', (event, listener) =>
    prepend.call(emitter, event, bindListener(context, listener)),
  );
  replace(emitter, 'once', (event, listener) =>
    append.call(emitter, event, bindOnce(context, emitter, event, listener)),
  );
  replace(emitter, 'prependOnceListener', (event, listener) =>
    prepend.call(emitter, event, bindOnce(context, emitter, event, listener)),
  );
  return emitter;
}

function replace(emitter: EventEmitter, method: string, value: AddListener): void {
  Object.defineProperty(emitter, method, { value, writable: true, configurable: true, enumerable: false });
}

/** Node removes and lists a wrapper by the `listener` it has: so do `off` and `listeners` work on. */
function bindListener(context: Context, listener: Callback): Callback {
  return typeof listener === 'function' ? Object.assign(bindFunction(context, listener), { listener }) : listener;
}

function bindOnce(context: Context, emitter: EventEmitter, event: string | symbol, listener: Callback): Callback {
  if (typeof listener !== 'function') return listener;
  const once = function (this: unknown, ...args: unknown[]): unknown {
    emitter.removeListener(event, once);
    return runWith(context, listener, this, args);
  };
  return Object.assign(once, { listener });
}
