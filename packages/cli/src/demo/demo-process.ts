import { type ChildProcess, spawn } from 'node:child_process';
import { mainFile } from '../files.ts';

const startMs = 30_000;
const stopMs = 10_000;

/** A `sightline` process of the demo. What it says is kept, and shown only if it fails. */
export class DemoProcess {
  readonly #name: string;
  readonly #child: ChildProcess;
  output = '';

  constructor(name: string, args: string[], env: Record<string, string>) {
    this.#name = name;
    this.#child = spawn(process.execPath, [mainFile, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const keep = (text: Buffer): void => {
      this.output += text.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** @throws when the process ends or too much time goes by before `condition` holds */
  async until(condition: () => boolean, stopped: AbortSignal): Promise<void> {
    for (const deadline = Date.now() + startMs; !condition(); ) {
      stopped.throwIfAborted();
      if (!this.#isRunning()) throw new Error(`${this.#name} ended before it was ready. It said:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`${this.#name} was not ready in time. It said:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    if (!this.#isRunning()) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(force);
  }

  #isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}
