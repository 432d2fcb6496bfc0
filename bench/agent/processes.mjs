// The processes of this bench, each pinned to a core where the system can: programs to the first, the
// load, the sink and whatever a program asks to the second.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const canPin = spawnSync('taskset', ['--version']).status === 0;
const startTimeoutMs = 30_000;

/** A child that answers questions: `ask({...})` resolves with its answer. */
export class Helper {
  #child;
  #asked = 0;
  #waiting = new Map();
  #stderr = '';
  /** The first thing that it says unasked. */
  firstMessage;

  constructor(core, command, args, env = {}) {
    const [file, ...rest] = canPin ? ['taskset', '-c', String(core), command, ...args] : [command, ...args];
    this.#child = spawn(file, rest, { env: cleanEnvironment(env), stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child.stderr.on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    this.firstMessage = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`did not start: ${this.#stderr}`)), startTimeoutMs);
      timer.unref();
      this.#child.once('message', resolve);
      this.#child.on('exit', (code, signal) => this.#onExit(code ?? signal, reject));
    });
    this.firstMessage.catch(() => {});
    this.#child.on('message', (message) => {
      this.#waiting.get(message.id)?.resolve(message);
      this.#waiting.delete(message.id);
    });
  }

  #onExit(code, reject) {
    const error = new Error(`exited with ${code}: ${this.#stderr}`);
    reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  get pid() {
    return this.#child.pid;
  }

  async ask(question) {
    const id = ++this.#asked;
    const answer = await new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ ...question, id });
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(timer);
  }
}

/** Nothing of what this shell sets for tracing reaches a program, nor what makes every Node begin with reading certificates, for 50 ms. */
export function cleanEnvironment(env = {}) {
  const others = /^(OTEL_|DD_|SIGHTLINE_|NODE_OPTIONS|NODE_EXTRA_CA_CERTS)/;
  const inherited = Object.entries(process.env).filter(([name]) => !others.test(name));
  return { ...Object.fromEntries(inherited), ...env };
}

export const programCore = 0;
export const otherCore = 1;

export function startLoad() {
  // A large young generation, since its collections would be in the latencies.
  return new Helper(otherCore, process.execPath, ['--max-semi-space-size=64', path('load.mjs')]);
}

export function startSink() {
  return new Helper(otherCore, process.execPath, [path('sink.mjs')]);
}

export function startUpstream() {
  return new Helper(otherCore, process.execPath, [path('programs/upstream.cjs')]);
}

export function startProgram(node, side, program, sinkPort, env) {
  const args = [...side.options('commonjs'), path(`programs/${program}.cjs`)];
  return new Helper(programCore, node, args, { ...side.env(sinkPort), ...env });
}

export function path(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}
