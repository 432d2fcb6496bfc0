// A PostgreSQL of our own, for tests and benches: in a temporary folder, over TCP and a Unix domain socket, nothing
// made durable. Plain JavaScript, since benches run without a build.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian keeps the server's programs out of the PATH. */
const debianFolder = '/usr/lib/postgresql';
const user = 'tester';

/** @typedef {{ readonly uid: number, readonly gid: number } | undefined} Identity to run as; undefined: as this process */

export class Postgres {
  /** @type {number} */
  port;
  /** @type {string} Holds the data and the Unix domain socket. */
  folder;
  /** @type {import('node:child_process').ChildProcess} */
  #process;

  /**
   * @param {string} folder
   * @param {number} port
   * @param {import('node:child_process').ChildProcess} child
   */
  constructor(folder, port, child) {
    this.folder = folder;
    this.port = port;
    this.#process = child;
  }

  /**
   * Takes about a second.
   * @param {{ settings?: readonly string[], launcher?: readonly string[] }} [options] settings, each `name=value`, and a
   *   command that runs the one behind it (`taskset -c 1`)
   * @returns {Promise<Postgres>}
   */
  static async start({ settings = [], launcher = [] } = {}) {
    const identity = identityOf();
    const folder = mkdtempSync(join(tmpdir(), 'sightline-pg-'));
    if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
    initialize(folder, identity);
    const port = await freePort();
    return new Postgres(folder, port, await serve(folder, port, identity, settings, launcher));
  }

  /** @returns {Record<string, string>} where a client finds it, by libpq's variables */
  get env() {
    return { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: user, PGDATABASE: 'postgres' };
  }

  /** @returns {string} */
  get url() {
    return `postgres://${user}@127.0.0.1:${this.port}/postgres`;
  }

  /** @param {string} sql one statement or more */
  execute(sql) {
    execFileSync(programOf('psql'), [this.url, '-q', '-v', 'ON_ERROR_STOP=1', '-c', sql], { stdio: 'pipe' });
  }

  /** @returns {Promise<void>} */
  async stop() {
    const hasExited = once(this.#process, 'exit');
    this.#process.kill('SIGQUIT'); // at once, and without a checkpoint
    await hasExited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @param {Identity} identity */
function initialize(folder, identity) {
  const options = ['--no-sync', '--no-instructions', '--auth=trust', '--encoding=UTF8', '--no-locale'];
  execFileSync(programOf('initdb'), [...options, `--username=${user}`, '-D', join(folder, 'data')], {
    stdio: 'pipe',
    cwd: folder,
    ...identity,
  });
}

/** Resolves when it takes connections. */
async function serve(folder, port, identity, settings, launcher) {
  const unsafe = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  // What a program left behind in the middle of a query keeps its connection until that ends.
  const all = [...unsafe, 'listen_addresses=127.0.0.1', 'max_connections=300', ...settings];
  const options = all.flatMap((setting) => ['-c', setting]);
  const [command, ...args] = [...launcher, programOf('postgres'), '-D', join(folder, 'data'), '-k', folder];
  const child = spawn(command, [...args, '-p', String(port), ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: folder,
    ...identity,
  });
  process.once('exit', () => child.kill('SIGQUIT'));
  await isReady(child);
  return child;
}

function isReady(child) {
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${output}`)));
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-10_000);
      if (output.includes('ready to accept connections')) resolve();
    });
  });
}

/** PostgreSQL refuses to run as root; its package brings a user along. @returns {Identity} */
function identityOf() {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/**
 * @param {string} name `initdb`, …
 * @returns {string} the path of the newest that Debian installed, else the name, for the PATH to find
 */
export function programOf(name) {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a)) : [];
  const installed = versions.map((version) => join(debianFolder, version, 'bin', name));
  return installed.find((path) => existsSync(path)) ?? name;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
