/**
 * One process per data directory. Whoever wants it puts a file of its own there, with a name that nobody else ever
 * uses, and only then looks for others: of two that come at once, the later one must see the earlier one.
 * A file whose process is dead is removed by whoever finds it; that can hit nobody living, since
 * names are not used twice. A process is alive when its pid exists and it started when the
 * file says (the pid alone may have gone to another program).
 */
import { randomUUID } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeDirectory } from '../spool/directory.ts';
import { StoreError } from './store-error.ts';

export interface DataLock {
  release(): Promise<void>;
}

interface Holder {
  pid: number;
  /** RFC 3339. */
  since: string;
  /** The kernel's start time of the process, in ticks since boot; '' where there is no /proc. */
  startTicks: string;
  address?: string;
}

/** Two that come at once both step back: they try again after different times. */
const attempts = 5;

/**
 * Creates the directory where there is none, and keeps others out until released.
 * @throws StoreError `data-directory-in-use`, naming the holder; `data-directory-unusable`
 */
export async function claimDataDirectory(dataDir: string): Promise<DataLock> {
  await createDirectory(dataDir);
  for (let attempt = 1; ; attempt++) {
    const name = `lock.${randomUUID()}.json`;
    const path = join(dataDir, name);
    await writeHolder(path, {
      pid: process.pid,
      since: new Date().toISOString(),
      startTicks: await startTicksOf(process.pid),
    });
    const other = await findOther(dataDir, name);
    if (!other) return { release: () => rm(path, { force: true }) };
    await rm(path, { force: true });
    if (attempt === attempts) throw inUse(dataDir, other);
    await setTimeout(Math.random() * 30 * attempt);
  }
}

async function createDirectory(dataDir: string): Promise<void> {
  try {
    await makeDirectory(dataDir);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError(
      'data-directory-unusable',
      `The data directory ${dataDir} cannot be created (${reason}). Choose another with --data.`,
      { cause },
    );
  }
}

/** Adds to this process's own lock where it listens, which it knows only after it has the lock. */
export async function announceAddress(dataDir: string, address: string): Promise<void> {
  for (const name of await lockNames(dataDir)) {
    const path = join(dataDir, name);
    const holder = await readHolder(path);
    if (holder?.pid === process.pid) await writeHolder(path, { ...holder, address });
  }
}

/** A living holder of another file; files of the dead are removed. */
async function findOther(dataDir: string, ownName: string): Promise<Holder | undefined> {
  for (const name of await lockNames(dataDir)) {
    if (name === ownName) continue;
    const path = join(dataDir, name);
    const holder = await readHolder(path);
    if (holder && (await isAlive(holder))) return holder;
    await rm(path, { force: true });
  }
  return undefined;
}

async function lockNames(dataDir: string): Promise<string[]> {
  return (await readdir(dataDir)).filter((name) => /^lock\..*\.json$/.test(name));
}

/** Renamed into place, so that it is read whole or not at all. */
async function writeHolder(path: string, holder: Holder): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, JSON.stringify(holder));
  await rename(draft, path);
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isHolder(holder) ? holder : undefined;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null && 'pid' in value && Number(value.pid) > 0;
}

async function isAlive(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    if (hasCode(error, 'ESRCH')) return false;
  }
  return (await startTicksOf(holder.pid)) === holder.startTicks;
}

/** Field 22 of /proc/PID/stat; the command's name before it may hold spaces and brackets. */
async function startTicksOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function inUse(dataDir: string, holder: Holder): StoreError {
  const where = holder.address ? ` at ${holder.address}` : '';
  return new StoreError(
    'data-directory-in-use',
    `The data directory ${dataDir} is in use by process ${holder.pid}${where}, since ${holder.since}. ` +
      'Use that one, stop it, or choose another directory with --data.',
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
