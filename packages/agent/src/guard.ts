/**
 * The one wrapper that stands at every entry from the program into the agent. The agent is a
 * guest: whatever goes wrong inside is counted here and never reaches the program, and an
 * instrumentation that keeps failing is switched off.
 */
import { describe, log } from './log.ts';
import { enterEntry, leaveEntry, measuresOwnTime, timeExactly } from './own-time.ts';

/** After this many failures the same `where` is off for the rest of the process. */
const maxFailures = 10;

/** What is known of an entry, for reports. */
export interface GuardEntry {
  readonly where: string;
  /** Counted where own time is measured. */
  calls: number;
  failures: number;
  off: boolean;
}

const entries = new Map<string, GuardEntry>();
const faults = parseFaults(process.env.SIGHTLINE_TEST_FAULT);

type Callback = (...args: unknown[]) => unknown;

/** What a guarded function may take: see {@link withFixedArity}. */
type UpToFour = unknown[] & { readonly length: 0 | 1 | 2 | 3 | 4 };

/**
 * Wraps once, at set-up; what it returns never throws.
 * @param where names the entry, for example `http.server.start`; entries of one name share one count of failures.
 *   Of those under `export.` and `modules.` each call is timed where own time is measured, of the others a sample
 * @param fn without default values or rest parameters
 * @returns a function that gives fn's result, or undefined where fn threw or is switched off
 */
export function guard<A extends UpToFour, R>(where: string, fn: (...args: A) => R): (...args: A) => R | undefined {
  const entry = entryOf(where);
  const arity = fn.length;
  const guarded = (faults(where) ? () => injectFault(where) : fn) as Callback;
  return (measuresOwnTime ? measured(entry, guarded) : withFixedArity(entry, guarded, arity)) as typeof fn;
}

export function isOff(where: string): boolean {
  return entries.get(where)?.off ?? false;
}

export function guardEntries(): readonly GuardEntry[] {
  return [...entries.values()];
}

/** Fixed parameters: 6 ns a call, where `...args` would be 8.5 (Node 20 and 24). */
function withFixedArity(entry: GuardEntry, fn: Callback, arity: number): Callback {
  switch (arity) {
    case 0:
      return () => {
        if (entry.off) return undefined;
        try {
          return fn();
        } catch (error) {
          return fail(entry, error);
        }
      };
    case 1:
      return (a) => {
        if (entry.off) return undefined;
        try {
          return fn(a);
        } catch (error) {
          return fail(entry, error);
        }
      };
    case 2:
      return (a, b) => {
        if (entry.off) return undefined;
        try {
          return fn(a, b);
        } catch (error) {
          return fail(entry, error);
        }
      };
    case 3:
      return (a, b, c) => {
        if (entry.off) return undefined;
        try {
          return fn(a, b, c);
        } catch (error) {
          return fail(entry, error);
        }
      };
    default:
      return (a, b, c, d) => {
        if (entry.off) return undefined;
        try {
          return fn(a, b, c, d);
        } catch (error) {
          return fail(entry, error);
        }
      };
  }
}

function measured(entry: GuardEntry, fn: Callback): Callback {
  const { where } = entry;
  const isRare = where.startsWith('export.') || where.startsWith('modules.');
  const timed = isRare ? timeExactly(fn) : fn;
  return (...args) => {
    if (entry.off) return undefined;
    entry.calls++;
    const isOutermost = enterEntry();
    try {
      return timed(...args);
    } catch (error) {
      return fail(entry, error);
    } finally {
      if (isOutermost) leaveEntry();
    }
  };
}

function entryOf(where: string): GuardEntry {
  let entry = entries.get(where);
  if (entry === undefined) {
    entry = { where, calls: 0, failures: 0, off: false };
    entries.set(where, entry);
  }
  return entry;
}

function fail(entry: GuardEntry, error: unknown): undefined {
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
