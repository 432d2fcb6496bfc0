/**
 * Loaded into a server before its program (`--import`, so into its threads too): kills it at a named step, and notes what
 * of the spool would outlive a power cut. It works from outside, on what the server calls, so the server knows nothing of it.
 *
 *   SIGHTLINE_TEST_KILL=after-fsync:3   at the third time
 *   SIGHTLINE_TEST_JOURNAL=FILE         gets a `DiskEvent` a line; FILE.removed/ keeps what is removed
 */
import fs from 'node:fs';
import { ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { basename, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

export type KillPoint =
  | 'after-create'
  | 'after-write'
  | 'before-fsync'
  | 'after-fsync'
  | 'before-answer'
  | 'after-answer'
  | 'during-insert'
  | 'before-names'
  | 'before-keys'
  | 'before-metrics'
  | 'before-removal'
  | 'after-removal';

/** In the order in which it happened. */
export type DiskEvent =
  | { did: 'create' | 'remove'; path: string }
  | { did: 'sync'; path: string; sizeBytes: number }
  | { did: 'sync-directory'; path: string; names: string[] };

const [wanted, count = '1'] = (process.env.SIGHTLINE_TEST_KILL ?? '').split(':');
const journal = process.env.SIGHTLINE_TEST_JOURNAL ?? '';
let left = Number(count);

function reach(point: KillPoint, delayMs = 0): void {
  if (point !== wanted || --left !== 0) return;
  if (delayMs === 0) process.kill(process.pid, 'SIGKILL');
  else setTimeout(() => process.kill(process.pid, 'SIGKILL'), delayMs);
}

const append = fs.appendFileSync;
function note(event: DiskEvent): void {
  append(journal, `${JSON.stringify(event)}\n`);
}

const isSegment = (path: unknown): path is string => typeof path === 'string' && path.endsWith('.spool');
/** The magic alone is no record. */
const hasRecords = (sizeBytes: number): boolean => sizeBytes > 8;

const { open, rm } = fs.promises;
const paths = new WeakMap<fs.promises.FileHandle, string>();
fs.promises.open = async (path, flags, mode) => {
  const file = await open(path, flags, mode);
  paths.set(file, String(path));
  if (isSegment(path) && flags === 'wx') {
    note({ did: 'create', path });
    reach('after-create');
  }
  return file;
};
fs.promises.rm = async (path, options) => {
  if (!isSegment(path)) return rm(path, options);
  reach('before-removal');
  const kept = join(`${journal}.removed`, basename(path));
  await rm(kept, { force: true });
  if (fs.existsSync(path)) fs.linkSync(path, kept);
  await rm(path, options);
  note({ did: 'remove', path });
  reach('after-removal');
};
syncBuiltinESMExports();

const probe = await open(process.execPath);
const prototype: fs.promises.FileHandle = Object.getPrototypeOf(probe);
await probe.close();
const { writev, datasync, sync } = prototype;

prototype.writev = async function (this: fs.promises.FileHandle, parts, at) {
  const written = await writev.call(this, parts, at);
  if (isSegment(paths.get(this)) && hasRecords(written.bytesWritten)) reach('after-write');
  return written as never;
};

prototype.datasync = async function (this: fs.promises.FileHandle) {
  const path = paths.get(this);
  if (!isSegment(path)) return datasync.call(this);
  const sizeBytes = fs.fstatSync(this.fd).size;
  if (hasRecords(sizeBytes)) reach('before-fsync');
  await datasync.call(this);
  note({ did: 'sync', path, sizeBytes });
  if (hasRecords(sizeBytes)) reach('after-fsync');
};

prototype.sync = async function (this: fs.promises.FileHandle) {
  const path = paths.get(this);
  const names = path && fs.statSync(path).isDirectory() ? fs.readdirSync(path) : undefined;
  await sync.call(this);
  if (isSegment(path)) note({ did: 'sync', path, sizeBytes: fs.fstatSync(this.fd).size });
  if (path && names) note({ did: 'sync-directory', path, names });
};

/** What is called is not ours to type: the arguments go through as they are. */
type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/** Calls `before`, then the method. */
function precede<T extends object>(owner: T, name: keyof T, before: (self: T, ...args: unknown[]) => void): void {
  const method = owner[name] as AnyMethod;
  owner[name] = function (this: T, ...args: unknown[]) {
    before(this, ...args);
    return method.apply(this, args);
  } as T[typeof name];
}

precede(ServerResponse.prototype, 'end', (response) => {
  if (response.req.url !== '/v1/traces' || response.statusCode !== 200) return;
  reach('before-answer');
  response.once('finish', () => reach('after-answer'));
});

/** The tables are filled in this order: what is killed before one has all that is in those above. */
const pointsBeforeInserts: Readonly<Record<string, KillPoint>> = {
  span_names: 'before-names',
  attribute_keys: 'before-keys',
  span_metrics: 'before-metrics',
};

if (isMainThread) {
  const { Session } = await import('chdb');
  precede(Session.prototype, 'queryAsync', (_, sql) => {
    const table = /INSERT INTO (\w+) /.exec(String(sql))?.[1] ?? '';
    const point = pointsBeforeInserts[table];
    if (table === 'spans') reach('during-insert', 2 + 4 * Number(count));
    else if (point) reach(point);
  });
}
