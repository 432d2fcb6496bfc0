import type { SpoolRecovery } from '../spool/recover-segments.ts';
import type { Stretch } from '../spool/segment-format.ts';
import type { Segment } from '../spool/spool.ts';
import type { WriterSpool } from '../store/writer.ts';
import type { IntakeMethods, IntakeOptions, IntakeSnapshot } from './intake-thread.ts';
import { ServerThread } from './server-thread.ts';

/** The receivers and the spool, in a thread of their own; here are the ends that others hold. */
export class Intake implements WriterSpool {
  readonly recovery: SpoolRecovery;
  readonly #thread: ServerThread<IntakeMethods>;

  private constructor(thread: ServerThread<IntakeMethods>, recovery: SpoolRecovery) {
    this.#thread = thread;
    this.recovery = recovery;
  }

  /**
   * Opens the spool; nothing is received before `listen`.
   * @param onCrash nothing can be received any more
   */
  static async start(options: IntakeOptions, onCrash: (error: Error) => void): Promise<Intake> {
    const thread = new ServerThread<IntakeMethods>(new URL('./intake-thread.js', import.meta.url), options, onCrash);
    try {
      return new Intake(thread, await thread.calls.call('openSpool', []));
    } catch (error) {
      await thread.stop();
      throw error;
    }
  }

  /**
   * @returns the addresses in use, by the names of the ready file
   * @throws ServerError as to its code
   */
  listen(): Promise<Record<string, string>> {
    return this.#thread.calls.call('listen', []);
  }

  snapshot(): Promise<IntakeSnapshot> {
    return this.#thread.calls.call('snapshot', []);
  }

  sealed(after: number, most: number): Promise<readonly Segment[]> {
    return this.#thread.calls.call('sealed', [after, most]);
  }

  seal(): Promise<void> {
    return this.#thread.calls.call('seal', []);
  }

  waitForRecord(): Promise<void> {
    return this.#thread.calls.call('waitForRecord', []);
  }

  remove({ number }: Segment, corrupt: readonly Stretch[] = []): Promise<void> {
    return this.#thread.calls.call('remove', [number, corrupt]);
  }

  setAside({ number }: Segment): Promise<string> {
    return this.#thread.calls.call('setAside', [number]);
  }

  /** Takes no more; what was acknowledged can still be read. */
  close(): Promise<void> {
    return this.#thread.calls.call('close', []);
  }

  stop(): Promise<void> {
    return this.#thread.stop();
  }
}
