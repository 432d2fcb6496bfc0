/** A PostgreSQL of the tests' own: in a temporary folder, over TCP and a Unix domain socket, nothing made durable. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian keeps the server's programs out of the PATH. */
const debianFolder = '/usr/lib/postgresql';

/** The user and group to run as; undefined for those of this process. */
type Identity = { readonly uid: number; readonly gid: number } | undefined;

export class Postgres implements AsyncDisposable {
  readonly port: number;
  /** Holds the data and the Unix domain socket. */
  readonly folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, child: ChildProcess) {
    this.folder = folder;
    this.port = port;
    this.#process = child;
  }

  /** Takes about a second. */
  static async start(): Promise<Postgres> {
    const identity = identityOf();
    const folder = mkdtempSync(join(tmpdir(), 'sightline-pg-'));
    if (identity !== undefined) chownSync(folder, identity.uid, identity.gid);
    initialize(folder, identity);
    const port = await freePort();
    return new Postgres(folder, port, await serve(folder, port, identity));
  }

  /** Where a client finds it, by libpq's variables. */
  get env(): Record<string, string> {
    return { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: 'tester', PGDATABASE: 'postgres' };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const hasExited = once(this.#process, 'exit');
    this.#process.kill('SIGQUIT'); // at once, and without a checkpoint
    await hasExited;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function initialize(folder: string, identity: Identity): void {
  const options = ['--no-sync', '--no-instructions', '--auth=trust', '--encoding=UTF8', '--no-locale'];
  execFileSync(programOf('initdb'), [...options, '--username=tester', '-D', join(folder, 'data')], {
    stdio: 'pipe',
    cwd: folder,
    ...identity,
  });
}

/** Resolves when it takes connections. */
async function serve(folder: string, port: number, identity: Identity): Promise<ChildProcess> {
  const unsafe = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
  // What a program left behind in the middle of a query keeps its connection until that ends.
  const settings = [...unsafe, 'listen_addresses=127.0.0.1', 'max_connections=300'];
  const options = settings.flatMap((setting) => ['-c', setting]);
  const args = ['-D', join(folder, 'data'), '-k', folder, '-p', String(port), ...options];
  const child = spawn(programOf('postgres'), args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: folder, ...identity });
  process.once('exit', () => child.kill('SIGQUIT'));
  await isReady(child);
  return child;
}

function isReady(child: ChildProcess): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${output}`)));
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-10_000);
      if (output.includes('ready to accept connections')) resolve();
    });
  });
}

/** PostgreSQL refuses to run as root; its package brings a user along. */
function identityOf(): Identity {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string): number => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function programOf(name: string): string {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a)) : [];
  const installed = versions.map((version) => join(debianFolder, version, 'bin', name));
  return installed.find((path) => existsSync(path)) ?? name;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
