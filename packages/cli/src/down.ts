/** `sightline down`: stops the `up` of a data directory, in the background or not. */
import { BackendApi, RefusedError } from './backend-api.ts';
import { exitCode } from './exit-codes.ts';
import { isAlive, readUpState, type UpState } from './up-state.ts';

/** It writes what it has received before it ends; that takes moments, unless the disk is very slow. */
const patienceMs = 30_000;

export async function down(dataDir: string): Promise<void> {
  const state = readUpState(dataDir);
  if (!state || !(await isSightline(state))) {
    process.stdout.write(`sightline: nothing to stop, no backend runs on ${dataDir}\n`);
    return;
  }
  process.kill(state.pid, 'SIGTERM');
  if (await hasEnded(state.pid)) {
    process.stdout.write(`sightline: stopped (process ${state.pid})\n`);
    return;
  }
  process.stderr.write(`sightline: process ${state.pid} has not stopped within ${patienceMs / 1000} s\n`);
  process.exitCode = exitCode.failed;
}

/** After a crash the number in the file may belong to a stranger by now: only one that answers is stopped. */
async function isSightline({ addresses }: UpState): Promise<boolean> {
  try {
    const status = await new BackendApi(addresses.http ?? '').status();
    return status.addresses.http === addresses.http;
  } catch (error) {
    // It is there, and wants a token for all but this.
    return error instanceof RefusedError && error.status === 401;
  }
}

async function hasEnded(pid: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    if (!isAlive(pid)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
