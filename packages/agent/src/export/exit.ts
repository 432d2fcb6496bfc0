/**
 * The last moment of the process: after all of the program's own `exit` listeners, which may still
 * finish spans. That is why this wraps what Node calls rather than adding a listener; a listener would also show in
 * `process.listeners('exit')`, count towards the warning about too many, and be skipped where an
 * earlier one calls `process.exit()` again.
 *
 *     process.exit() ──▶ emit('exit') ──▶ reallyExit
 *     event loop empty, uncaught exception ──▶ emit('exit')
 */
interface ExitingProcess {
  emit(this: unknown, event: string | symbol, ...args: unknown[]): boolean;
  reallyExit(this: unknown, ...args: unknown[]): unknown;
}

/** @param atExit may be called more than once; must not throw */
export function onExit(atExit: () => void): void {
  const exiting = process as unknown as ExitingProcess;
  const { emit, reallyExit } = exiting;
  define('emit', function emitThenFlush(this: unknown, event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'exit') return emit.call(this, event, ...args);
    try {
      return emit.call(this, event, ...args);
    } finally {
      atExit(); // also where a listener threw: that ends the process, too
    }
  });
  define('reallyExit', function flushThenExit(this: unknown, ...args: unknown[]): unknown {
    atExit();
    return reallyExit.apply(this, args);
  });
}

function define(name: keyof ExitingProcess, value: ExitingProcess[typeof name]): void {
  Object.defineProperty(process, name, { value, configurable: true, writable: true, enumerable: false });
}
