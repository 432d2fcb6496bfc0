/**
 * `up.json` in the data directory: which process is the `up` of this directory, and where it
 * listens. `up` writes it once it serves and removes it when it stops; `run` and `down` find the
 * backend by it, whatever ports it was started with. It is a hint, never a lock: after a `kill -9`
 * it stays behind, so readers check that the process still lives.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface UpState {
  pid: number;
  /** By the names of the ready file: `http`, `otlpHttp`, … */
  addresses: Record<string, string>;
}

export function readUpState(dataDir: string): UpState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(stateFile(dataDir), 'utf8'));
    return isUpState(state) && isAlive(state.pid) ? state : undefined;
  } catch {
    // No file, or one that a full disk cut short: nobody has said that they are up.
    return undefined;
  }
}

export function writeUpState(dataDir: string, state: UpState): void {
  const file = stateFile(dataDir);
  // Renamed into place, so that a reader sees all of it or nothing.
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`);
  renameSync(`${file}.new`, file);
}

export function removeUpState(dataDir: string): void {
  rmSync(stateFile(dataDir), { force: true });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function stateFile(dataDir: string): string {
  return join(dataDir, 'up.json');
}

function isUpState(value: unknown): value is UpState {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, addresses } = value as Partial<UpState>;
  return Number.isInteger(pid) && typeof addresses === 'object' && addresses !== null;
}
