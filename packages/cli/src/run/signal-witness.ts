/**
 * Tells a signal that was sent to us alone from one that the whole process group got.
 *
 * Ctrl-C in a terminal reaches every process of the foreground group, the command as well: to
 * forward it would deliver it twice, and many programs take the second as "stop at once". The
 * same holds for `kill -TERM -PGID` and for systemd's `KillMode=control-group`. `kill PID` reaches
 * only us: not to forward it would lose it. The system knows who sent a signal (`si_pid`), but
 * Node does not say. So a second process stands in our group, a shell of three lines, and is asked
 * what it heard: what it heard, the command has heard too. The question takes about a millisecond.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A group's processes are signalled within microseconds; a shell that needs this long is itself stopped. */
const patienceMs = 500;

export class SignalWitness {
  readonly #shell: ChildProcess;
  readonly #heard: Set<string> = new Set();
  readonly #waiting: (() => void)[] = [];

  constructor(signals: readonly NodeJS.Signals[]) {
    this.#shell = spawn('/bin/sh', ['-c', witnessScript(signals)], { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
    this.#shell.on('error', () => this.#answer(''));
    this.#shell.on('exit', (_, signal) => this.#answer(signal?.slice(3) ?? ''));
    const { stdin, stdout } = this.#pipes();
    stdin.on('error', () => this.#answer(''));
    stdout.on('data', (line: Buffer) => this.#answer(line.toString()));
    // It shall not keep us alive, and ends by itself when we do.
    this.#shell.unref();
    for (const pipe of [stdin, stdout]) if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }

  async hasHeard(signal: NodeJS.Signals): Promise<boolean> {
    const name = signal.slice(3);
    if (!this.#heard.has(name) && this.#isThere()) await this.#ask();
    return this.#heard.delete(name);
  }

  #ask(): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = setTimeout(resolve, patienceMs);
      this.#waiting.push(() => {
        clearTimeout(giveUp);
        resolve();
      });
      this.#pipes().stdin.write('\n');
    });
  }

  #answer(names: string): void {
    for (const name of names.trim().split(' ')) this.#heard.add(name);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #isThere(): boolean {
    return this.#shell.pid !== undefined && this.#shell.exitCode === null && this.#shell.signalCode === null;
  }

  #pipes(): { stdin: Writable; stdout: Readable } {
    const { stdin, stdout } = this.#shell;
    if (!stdin || !stdout) throw new Error('the witness was started without its pipes');
    return { stdin, stdout };
  }
}

/** Each line that comes in asks for the names of the signals that came since the last. The end of input ends it. */
function witnessScript(signals: readonly NodeJS.Signals[]): string {
  const traps = signals.map((signal) => signal.slice(3)).map((name) => `trap 'heard="$heard ${name}" woken=1' ${name}`);
  return `${traps.join('\n')}
while :; do
  if read -r _; then echo "$heard"; heard=; else [ -n "$woken" ] || exit 0; fi
  woken=
done`;
}
