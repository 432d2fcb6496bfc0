/**
 * What a power cut would have left of a spool, from what a server noted while it ran (`kill-points.fixture.ts`). What a sync
 * has covered is there. Everything else may be there or not, whole or in part, and here chance decides: the end of a
 * file, its name, the removal of another. ClickHouse's files stay as they are: with `fsync_after_insert` and
 * `fsync_part_directory` an insert that has returned is on disk, and the spool relies on no other.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DiskEvent } from './kill-points.fixture.ts';

export interface DiskJournal {
  path: string;
  /** The spool's. */
  directory: string;
}

export function startJournal({ path, directory }: DiskJournal): void {
  rmSync(`${path}.removed`, { recursive: true, force: true });
  mkdirSync(`${path}.removed`, { recursive: true });
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const files = names.map((name) => join(directory, name));
  const events: DiskEvent[] = files.flatMap((file) => [
    { did: 'create', path: file },
    { did: 'sync', path: file, sizeBytes: readFileSync(file).length },
  ]);
  if (files.length > 0) {
    events.push({ did: 'sync-directory', path: directory, names });
    events.push({ did: 'sync-directory', path: dirname(directory), names: [basename(directory)] });
  }
  writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

/** Leaves the spool as it might be after the power cut. @param random 0 to 1 */
export function losePower(journal: DiskJournal, random: () => number): void {
  const disk = replay(journal);
  if (!disk.hasDirectory) rmSync(journal.directory, { recursive: true, force: true });
  for (const [path, file] of disk.files) {
    if (file.isRemoved) {
      if (random() < 0.5) renameSync(join(`${journal.path}.removed`, basename(path)), path);
    } else if (existsSync(path)) {
      if (!file.isNamed && random() < 0.5) rmSync(path);
      else writeFileSync(path, afterCut(readFileSync(path), file.syncedBytes, random));
    }
  }
  startJournal(journal);
}

interface DurableFile {
  syncedBytes: number;
  /** Its directory was synced since it was made. */
  isNamed: boolean;
  isRemoved: boolean;
}

function replay({ path, directory }: DiskJournal): { files: Map<string, DurableFile>; hasDirectory: boolean } {
  const files = new Map<string, DurableFile>();
  let hasDirectory = false;
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const event = JSON.parse(line) as DiskEvent;
    const file = files.get(event.path);
    if (event.did === 'create') files.set(event.path, { syncedBytes: 0, isNamed: false, isRemoved: false });
    else if (event.did === 'sync' && file) file.syncedBytes = event.sizeBytes;
    else if (event.did === 'remove' && file) file.isRemoved = true;
    else if (event.did === 'sync-directory') {
      hasDirectory ||= event.path === dirname(directory) && event.names.includes(basename(directory));
      if (event.path === directory) keepNames(files, directory, event.names);
    }
  }
  return { files, hasDirectory };
}

function keepNames(files: Map<string, DurableFile>, directory: string, names: readonly string[]): void {
  for (const [path, file] of files) {
    if (file.isRemoved) files.delete(path);
    else if (names.includes(basename(path)) && dirname(path) === directory) file.isNamed = true;
  }
}

/** Nothing of the unsynced end, a piece of it, zeros in its place, or zeros where a block of it did not make it. */
function afterCut(bytes: Buffer, syncedBytes: number, random: () => number): Buffer {
  const endBytes = syncedBytes + Math.floor(random() * (bytes.length - syncedBytes + 1));
  const kind = Math.floor(random() * 4);
  if (kind === 0) return bytes.subarray(0, syncedBytes);
  if (kind === 1) return bytes.subarray(0, endBytes);
  return bytes.fill(0, kind === 2 ? syncedBytes : endBytes);
}
