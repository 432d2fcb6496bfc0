// A PostgreSQL of this bench's own, in a folder that goes with it.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canPin, otherCore } from './processes.mjs';

const versions = '/usr/lib/postgresql';

/** @returns {url, stop()}, or undefined where PostgreSQL is not installed */
export async function startPostgres() {
  const bin = findBinaries();
  if (bin === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'sightline-pg-'));
  const user = serverUser(folder);
  const data = join(folder, 'data');
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], user);
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const server = spawnPinned(
    join(bin, 'postgres'),
    ['-D', data, '-p', port, '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'jit=off'],
    { ...user, stdio: 'ignore' },
  );
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await fill(bin, url);
  return {
    url,
    async stop() {
      const exited = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findBinaries() {
  const newest = existsSync(versions) ? readdirSync(versions).sort((a, b) => b - a)[0] : undefined;
  return newest === undefined ? undefined : join(versions, newest, 'bin');
}

/** PostgreSQL refuses to run as root. */
function serverUser(folder) {
  if (process.getuid() !== 0) return {};
  const { stdout } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
  const uid = Number(stdout);
  chownSync(folder, uid, uid);
  return { uid, gid: uid, cwd: folder };
}

function spawnPinned(command, args, options) {
  return canPin
    ? spawn('taskset', ['-c', String(otherCore), command, ...args], options)
    : spawn(command, args, options);
}

async function fill(bin, url) {
  const sql = `
    CREATE TABLE users AS SELECT id, 'user ' || id AS name FROM generate_series(1, 1000) id;
    ALTER TABLE users ADD PRIMARY KEY (id);
    CREATE TABLE orders AS SELECT id, id % 1000 + 1 AS user_id, id * 3 AS total FROM generate_series(1, 5000) id;
    CREATE INDEX ON orders (user_id, id);
    ANALYZE;`;
  for (let attempt = 0; ; attempt++) {
    const { status, stderr } = spawnSync(join(bin, 'psql'), [url, '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql]);
    if (status === 0) return;
    if (attempt === 50) throw new Error(`psql: ${stderr}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(String(port)));
    });
  });
}
