/**
 * Starts the command and stands between it and whoever started us so that neither can tell:
 * the same stdio (inherited), the same signals (each exactly once), the same exit code, and when
 * a signal kills the command the same signal kills us.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { close as closeInspector, url as inspectorUrl } from 'node:inspector';
import { constants } from 'node:os';
import { runExitCode } from '../exit-codes.ts';
import { SignalWitness } from './signal-witness.ts';

export type Ending = { code: number } | { signal: NodeJS.Signals } | { error: NodeJS.ErrnoException };

export interface Launched {
  /** False where there is nothing to run; `ended` says why. */
  hasStarted: boolean;
  ended: Promise<Ending>;
  /** Does `work` once the command has ended; a signal that comes meanwhile aborts it. */
  untilInterrupted(work: (interrupted: AbortSignal) => Promise<void>): Promise<void>;
}

/** Those that can be forwarded. SIGKILL and SIGSTOP cannot be caught; SIGTTIN and SIGTTOU always mean the whole group. */
const signals: readonly NodeJS.Signals[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGTSTP',
  'SIGWINCH',
];

export function launch(command: readonly string[], env: NodeJS.ProcessEnv): Launched {
  // With `NODE_OPTIONS=--inspect` the port is meant for the program, and we hold it.
  if (inspectorUrl()) closeInspector();
  // Before the command, which it holds up by 4 ms: a Ctrl-Z after the command's first output could otherwise stop it on
  // the way to its exec, and us, who wait for that.
  const witness = new SignalWitness(signals);
  const [file = '', ...args] = command;
  let child: ChildProcess | undefined;
  const interruption = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (child && isRunning(child)) void passOn(signal, child, witness, onSignal);
    else if (signal !== 'SIGWINCH' && signal !== 'SIGCONT') interruption.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  const ended = new Promise<Ending>((resolve) => {
    try {
      child = spawn(file, args, { stdio: 'inherit', env });
      child.once('error', (error) => resolve({ error }));
      child.once('exit', (code, signal) => resolve(signal ? { signal } : { code: code ?? 0 }));
    } catch (error) {
      resolve({ error: error as NodeJS.ErrnoException });
    }
  });
  return {
    hasStarted: child?.pid !== undefined,
    ended,
    untilInterrupted: (work) => work(interruption.signal),
  };
}

/** Ends this process as the command ended. */
export function leaveAs(ending: Ending, file: string): void {
  if ('signal' in ending) dieBy(ending.signal);
  else if ('code' in ending) process.exit(ending.code);
  else failToStart(ending.error, file);
}

async function passOn(
  signal: NodeJS.Signals,
  child: ChildProcess,
  witness: SignalWitness,
  listener: NodeJS.SignalsListener,
): Promise<void> {
  if (!(await witness.hasHeard(signal))) child.kill(signal);
  if (signal === 'SIGTSTP' && (await hasStopped(child))) {
    process.off(signal, listener);
    process.kill(process.pid, signal);
    // Here we stand still, until someone continues us.
    process.on(signal, listener);
  }
}

/**
 * Ctrl-Z: we stop when the command has stopped, and not when it chose to go on. Where the system
 * has no /proc we cannot know, and do what nearly every program does.
 */
async function hasStopped(child: ChildProcess): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 500 && isRunning(child); waitedMs += 10) {
    const state = processState(child.pid ?? 0);
    if (state === undefined || state === 'T') return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** One letter, as `ps` shows it; undefined where it cannot be known. */
function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return undefined;
  }
}

function dieBy(signal: NodeJS.Signals): void {
  // A listener set and taken away leaves the system's default, also for SIGPIPE and SIGUSR1, which Node keeps for itself.
  if (signal !== 'SIGKILL' && signal !== 'SIGSTOP') process.once(signal, () => {});
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Still here: the first process of a container survives its own signals. What a shell would say then:
  process.exit(128 + constants.signals[signal]);
}

function failToStart(error: NodeJS.ErrnoException, file: string): void {
  process.stderr.write(`sightline: ${file}: ${startFailure(error, file)}\n`);
  process.exit(error.code === 'ENOENT' ? runExitCode.notFound : runExitCode.notExecutable);
}

function startFailure({ code, message }: NodeJS.ErrnoException, file: string): string {
  if (code === 'EACCES') return 'not executable (is it a directory, or without its x bit?)';
  if (code !== 'ENOENT') return `cannot be started: ${message}`;
  if (file.includes('/') && existsSync(file)) return 'the interpreter that its first line names does not exist';
  return 'command not found';
}
