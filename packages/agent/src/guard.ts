/**
 * The one wrapper that stands at every entry from the program into the agent. The agent is a
 * guest: whatever goes wrong inside is counted here and never reaches the program, and an
 * instrumentation that keeps failing is switched off.
 */
import { describe, log } from './log.ts';

/** After this many failures the same `where` is off for the rest of the process. */
const maxFailures = 10;

interface Entry {
  readonly where: string;
  failures: number;
  off: boolean;
}

const entries = new Map<string, Entry>();
const faults = parseFaults(process.env.SIGHTLINE_TEST_FAULT);

/**
 * Wraps once, at set-up; what it returns never throws.
 * @param where names the entry, for example `http.server.start`; entries of one name share one count of failures
 * @returns a function that gives fn's result, or undefined where fn threw or is switched off
 */
export function guard<A extends unknown[], R>(where: string, fn: (...args: A) => R): (...args: A) => R | undefined {
  const entry = entryOf(where);
  const guarded = faults(where) ? () => injectFault(where) : fn;
  return (...args: A): R | undefined => {
    if (entry.off) return undefined;
    try {
      return guarded(...args);
    } catch (error) {
      fail(entry, error);
      return undefined;
    }
  };
}

export function isOff(where: string): boolean {
  return entries.get(where)?.off ?? false;
}

function entryOf(where: string): Entry {
  let entry = entries.get(where);
  if (entry === undefined) {
    entry = { where, failures: 0, off: false };
    entries.set(where, entry);
  }
  return entry;
}

function fail(entry: Entry, error: unknown): void {
  entry.failures++;
  log('debug', `${entry.where} failed: ${describe(error)}`);
  if (entry.failures < maxFailures) return;
  entry.off = true;
  log('error', `${entry.where} failed ${maxFailures} times and is switched off: ${describe(error)}`);
}

/**
 * `SIGHTLINE_TEST_FAULT` holds the entries that throw, separated by commas, or `*` for all: how
 * the tests show that a failing agent harms nothing. Read at wrapping, so it costs nothing later.
 */
function parseFaults(text: string | undefined): (where: string) => boolean {
  if (!text) return () => false;
  const names = new Set(text.split(','));
  return (where) => names.has('*') || names.has(where);
}

function injectFault(where: string): never {
  throw new Error(`fault injected at ${where}`);
}
