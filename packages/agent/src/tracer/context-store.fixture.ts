/**
 * A program that holds a context store to its contract, for context-store.test.ts, which runs it on each Node:
 * `node fixture.mjs STORE MEANWHILE`. Prints which store it was, whether Node's hooks number promises (at the first
 * request), and what did not hold.
 *
 *     STORE       chosen: what the agent uses on this Node; storage: the documented fallback
 *     MEANWHILE   what the program does by itself: nothing; storage-first: has an AsyncLocalStorage from the start;
 *                 storage-late, hook-late: its first storage or hook comes up in the middle of a request
 */
import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncId } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFile } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { createContext, runInContext } from 'node:vm';
import { type ContextStore, createContextStore, StorageStore } from './context-store.ts';
import type { HasFrame } from './frame-store.ts';

class Value implements HasFrame {
  frame: HasFrame['frame'] = undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const [which, meanwhile] = process.argv.slice(2);
const store: ContextStore<Value> = which === 'storage' ? new StorageStore<Value>() : createContextStore<Value>();
const broken = new Set<string>();
let checks = 0;

function check(what: string, holds: boolean): void {
  checks++;
  if (!holds) broken.add(what);
}

function within<R>(value: Value, fn: () => R): R {
  const before = store.enter(value);
  try {
    return fn();
  } finally {
    store.leave(before);
  }
}

const ways: Record<string, (done: () => void) => unknown> = {
  promise: (done) => Promise.resolve().then(done),
  'rejected promise': (done) => Promise.reject(new Error('expected')).catch(done),
  await: async (done) => {
    for (let i = 0; i < 20; i++) await undefined;
    done();
  },
  'await of a timer': async (done) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    done();
  },
  'await of what another made': async (done) => {
    await madeOutside;
    done();
  },
  thenable: async (done) => {
    // biome-ignore lint/suspicious/noThenProperty: what is awaited need not be a promise
    await { then: (resolve: () => void) => setImmediate(resolve) };
    done();
  },
  'async generator': async (done) => {
    for await (const _ of numbers());
    done();
  },
  "a vm's own promises": async (done) => {
    await undefined;
    const value = store.get();
    const context = createContext(
      { check: () => check('in a vm', store.get() === value) },
      { microtaskMode: 'afterEvaluate' },
    );
    runInContext('Promise.resolve().then(check)', context);
    done();
  },
  'Promise.all': async (done) => {
    await Promise.all([Promise.resolve(), new Promise(setImmediate)]);
    done();
  },
  tick: (done) => process.nextTick(done),
  microtask: (done) => queueMicrotask(done),
  immediate: (done) => setImmediate(() => process.nextTick(done)),
  timer: (done) => setTimeout(done, 1),
  file: (done) => readFile(process.argv[1] ?? '', done),
  crypto: (done) => randomBytes(8, done),
  emitter: async (done) => {
    const emitter = new EventEmitter();
    process.nextTick(() => emitter.emit('event'));
    await once(emitter, 'event');
    done();
  },
  resource: (done) => {
    const bound = AsyncResource.bind(done);
    outside.runInAsyncScope(() => setImmediate(bound));
  },
  socket: (done) => connect((server.address() as { port: number }).port, '127.0.0.1', done).on('error', () => {}),
};

async function* numbers(): AsyncGenerator<number> {
  for (let i = 0; i < 3; i++) yield await new Promise<number>((resolve) => setImmediate(resolve, i));
}

const outside = new AsyncResource('OUTSIDE');
const madeOutside = new Promise((resolve) => setTimeout(resolve, 5));
const server: Server = createServer((socket) => {
  socket
    .on('error', () => {})
    .resume()
    .end();
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

const early = meanwhile === 'storage-first' ? new AsyncLocalStorage<string>() : undefined;
if (early !== undefined) early.run('early', () => setImmediate(() => check('storage', early.getStore() === 'early')));

check('nothing at first', store.get() === undefined);
nest();
let isNumbered = false;
await within(new Value('probe'), async () => {
  await undefined;
  isNumbered = executionAsyncId() !== 0;
});
await Promise.all(Array.from({ length: 30 }, (_, i) => request(new Value(`request ${i}`), i)));
check('nothing after a request', store.get() === undefined);
await new Promise((resolve) => setTimeout(resolve, 5));
check('nothing in the end', store.get() === undefined);
await reject();
besideTheProgramsStorage();
check('nothing after all', store.get() === undefined);
server.close();
process.stdout.write(JSON.stringify({ store: store.constructor.name, isNumbered, checks, broken: [...broken] }));

function nest(): void {
  const [a, b] = [new Value('a'), new Value('b')];
  within(a, () => {
    within(b, () => check('inner', store.get() === b));
    check('outer again', store.get() === a);
    within(a, () => check('the same once more', store.get() === a));
    check('outer still', store.get() === a);
  });
  try {
    within(a, () => {
      throw new Error('expected');
    });
  } catch {
    check('nothing after a throw', store.get() === undefined);
  }
}

/** Like a handler: entered, left at the end of the turn, and awaited. */
async function request(value: Value, at: number): Promise<void> {
  await within(value, async () => {
    for (const [name, way] of Object.entries(ways)) {
      await new Promise<void>((resolve, reject) => {
        Promise.resolve(
          way(() => {
            check(name, store.get() === value);
            resolve();
          }),
        ).catch(reject);
      });
      check(`after ${name}`, store.get() === value);
      if (at === 3 && name === 'await') await interrupt(value);
    }
  });
}

/** Somewhere in the middle of the requests, in the code of a promise. */
async function interrupt(value: Value): Promise<void> {
  if (meanwhile === 'storage-late') {
    const late = new AsyncLocalStorage<number>();
    late.enterWith(7);
    check('in the same turn', store.get() === value);
    await undefined;
    check('storage after an await', late.getStore() === 7);
  } else if (meanwhile === 'hook-late') {
    let depth = 0;
    const hook = createHook({
      before: () => {
        depth++;
      },
      after: () => {
        depth--;
      },
    }).enable();
    check('in the same turn', store.get() === value);
    check('an id that a hook can tell', Number.isInteger(executionAsyncId()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    check('each before has its after', depth <= 2 && depth >= -2);
    hook.disable();
  }
  check('after what the program does', store.get() === value);
}

/** What nobody catches is told of where it was made. */
async function reject(): Promise<void> {
  const value = new Value('rejecting');
  const told = new Promise<Value | undefined>((resolve) => {
    process.once('unhandledRejection', () => resolve(store.get()));
  });
  within(value, () => {
    void (async () => {
      await undefined;
      throw new Error('expected');
    })();
  });
  check('an unhandled rejection', (await told) === value);
}

function besideTheProgramsStorage(): void {
  const theirs = new AsyncLocalStorage<number>();
  const others = new AsyncLocalStorage<number>();
  const [a, b] = [new Value('a'), new Value('b')];
  const outer = store.enter(a);
  theirs.run(1, () => {
    check('in a storage', store.get() === a && theirs.getStore() === 1);
    const inner = store.enter(b);
    check('entered in a storage', store.get() === b && theirs.getStore() === 1);
    const bound = AsyncResource.bind(() => check('bound', store.get() === b && theirs.getStore() === 1));
    others.enterWith(3);
    store.leave(inner);
    check('what was entered stays', store.get() === a && theirs.getStore() === 1 && others.getStore() === 3);
    theirs.exit(() => check('exit', store.get() === a && theirs.getStore() === undefined));
    bound();
    others.disable();
    check('disabled', others.getStore() === undefined && theirs.getStore() === 1 && store.get() === a);
  });
  theirs.enterWith(2);
  check('entered', store.get() === a && theirs.getStore() === 2);
  store.leave(outer);
  check('left', store.get() === undefined && theirs.getStore() === 2);
  theirs.disable();
}
