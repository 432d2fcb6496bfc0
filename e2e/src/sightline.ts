/** Starts the built `sightline` as a person's shell would, in a pipe or in a terminal. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whenFinished } from './concurrent-test.ts';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'packages/cli/bin/sightline.cjs');

/** A started process, its output as it comes. */
export class Started {
  readonly child: ChildProcess;
  stdout: Buffer = Buffer.alloc(0);
  stderr: Buffer = Buffer.alloc(0);
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.on('data', (bytes: Buffer) => {
      this.stdout = Buffer.concat([this.stdout, bytes]);
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      this.stderr = Buffer.concat([this.stderr, bytes]);
    });
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  }

  get output(): string {
    return this.stdout.toString() + this.stderr.toString();
  }

  /** Waits until its output matches. */
  async says(pattern: RegExp, patienceMs?: number): Promise<RegExpExecArray> {
    return await eventually(() => {
      const match = pattern.exec(this.output);
      if (!match) throw new Error(`it has not said ${pattern}, but:\n${this.output}`);
      return match;
    }, patienceMs);
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }
}

export interface StartOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Its own process group, as a shell gives one to each command. */
  ownGroup?: boolean;
}

/** `sightline ARGS`, with pipes. */
export function sightline(args: readonly string[], options: StartOptions = {}): Started {
  return start(process.execPath, [bin, ...args], options);
}

/**
 * `sightline ARGS` in a terminal. Node cannot open one; `script`, of util-linux, does, and is
 * there on every Debian. What is typed into it passes through the terminal: \x03 is Ctrl-C.
 */
export function sightlineInTerminal(args: readonly string[], options: StartOptions = {}): Started {
  const command = [process.execPath, bin, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return start('script', ['--quiet', '--return', '--flush', '--command', `exec ${command}`, '/dev/null'], options);
}

function start(file: string, args: readonly string[], { env, cwd, ownGroup }: StartOptions): Started {
  const options: SpawnOptions = {
    stdio: 'pipe',
    env: { ...cleanEnvironment(), ...env },
    ...(cwd && { cwd }),
    ...(ownGroup && { detached: true }),
  };
  const started = new Started(spawn(file, args, options));
  whenFinished(() => stop(started));
  return started;
}

/** SIGTERM first: a launcher passes it on to its command, SIGKILL it cannot. */
async function stop({ child, ended }: Started): Promise<void> {
  child.stdin?.destroy();
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(force);
}

/** Ours, without what the person who runs the tests may have set. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(OTEL_|SIGHTLINE_|NODE_OPTIONS|npm_|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(kept), SHELL: '/bin/sh' };
}

/** A directory that goes away with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sightline-e2e-'));
  whenFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Tries until it does not throw; after `patienceMs` its last error stands. */
export async function eventually<T>(attempt: () => T | Promise<T>, patienceMs = 45_000): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
