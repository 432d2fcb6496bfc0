/**
 * Signals that end the process, seen without a listener on `process`. A listener of ours would take the
 * default away (the process would live on), and show in `process.listenerCount('SIGTERM')`, by which
 * programs and libraries (signal-exit) decide what to do. So we listen where Node itself does: on its
 * internal signal handle, and only while there is something unsent.
 *
 * - The program has a listener of its own: nothing to do. If it ends the process, the exit flushes.
 * - It has none: flush, stop listening, raise the signal again: the process dies of it, as it would have.
 *
 * What this cannot do: while the handle listens, a program that blocks its event loop for ever does not
 * die of SIGTERM or SIGINT, as with any listener.
 */
import { createHook } from 'node:async_hooks';
import { constants } from 'node:os';
import { log } from '../log.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
type SignalName = (typeof signals)[number];

/** Node's internal class, one instance per signal. */
interface SignalHandle {
  onsignal: () => void;
  unref(): void;
  start(signal: number): number;
  stop(): void;
}

export class Signals {
  readonly #onDeath: () => void;
  readonly #handles = new Map<SignalName, SignalHandle>();
  #isListening = false;

  /** @param onDeath called right before the process dies of a signal */
  constructor(onDeath: () => void) {
    this.#onDeath = onDeath;
    const Handle = findSignalHandle();
    if (Handle === undefined) log('debug', 'signals cannot be seen: spans of the last moment may be lost');
    else this.#createHandles(Handle);
  }

  #createHandles(Handle: new () => SignalHandle): void {
    for (const name of signals) {
      const handle = new Handle();
      handle.unref();
      handle.onsignal = () => this.#onSignal(name);
      this.#handles.set(name, handle);
    }
  }

  /** Starting a handle twice would abort the process: Node asserts that it never does. */
  listen(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    for (const [name, handle] of this.#handles) handle.start(constants.signals[name]);
  }

  stop(): void {
    this.#isListening = false;
    for (const handle of this.#handles.values()) handle.stop();
  }

  #onSignal(name: SignalName): void {
    if (process.listenerCount(name) > 0) return;
    this.#onDeath();
    this.stop();
    process.kill(process.pid, name);
  }
}

/**
 * The class is reachable through async_hooks only: its instances are announced there. SIGURG does
 * nothing by default, so listening to it for a moment changes nothing.
 */
function findSignalHandle(): (new () => SignalHandle) | undefined {
  let found: (new () => SignalHandle) | undefined;
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === 'SIGNALWRAP') found = resource.constructor as new () => SignalHandle;
    },
  });
  const ignore = (): void => {};
  hook.enable();
  process.on('SIGURG', ignore);
  process.off('SIGURG', ignore);
  hook.disable();
  return found;
}
