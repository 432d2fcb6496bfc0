// A ClickHouse server of our own, for tests and benches: the engine inside the npm package chdb can listen, when its
// command line is called in a process's main thread, which the dozen lines of C below do. Two of them that know each
// other make a cluster. Nobody has to install a server; what it takes is a C compiler. What this server lacks: HTTPS, and
// whatever needs Keeper (ON CLUSTER among it).
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const library = join(modules, '@chdb/lib-linux-x64-gnu/libchdb.so');
const cache = join(modules, '.cache/sightline');
const startMs = 30_000;
/** Of the user `tester`. There are also `default`, without one, and `reader`, who can only read. */
export const password = "it's % secret";

const program = `
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that is killed leaves no server behind */
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (!library) { fprintf(stderr, "%s\\n", dlerror()); return 1; }
  void *(*run)(int, char **) = dlsym(library, "chdb_query_cmdline");
  const char *(*error_of)(void *) = dlsym(library, "chdb_result_error");
  if (!run || !error_of) { fprintf(stderr, "%s\\n", dlerror()); return 1; }
  const char *error = error_of(run(argc - 1, argv + 1));
  if (error) fprintf(stderr, "%s\\n", error);
  return error ? 1 : 0;
}
`;

/** The command line ends with its query: this one does not. */
const serveForEver = [
  'SYSTEM START LISTEN HTTP',
  'SYSTEM START LISTEN TCP',
  'SELECT sleepEachRow(3) FROM numbers(100000000) SETTINGS function_sleep_max_microseconds_per_block = 0, max_block_size = 1 FORMAT Null',
].join('; ');

export class ClickHouse {
  /** @type {string} Holds the data. */
  folder;
  /** @type {number} */
  httpPort;
  /** @type {number} */
  tcpPort;
  /** @type {import('node:child_process').ChildProcess} */
  #process;

  /** Takes about a second. @returns {Promise<ClickHouse>} */
  static async start() {
    const server = new ClickHouse(await freePort(), await freePort());
    await server.restart();
    return server;
  }

  /**
   * A cluster named `test`. Its replicas know of each other, but without Keeper nothing keeps them the same.
   * @param {number} shardCount
   * @param {number} [replicaCount] of each shard
   * @returns {Promise<ClickHouse[]>} the servers, those of a shard after each other
   */
  static async startCluster(shardCount, replicaCount = 1) {
    const servers = [];
    for (let i = 0; i < shardCount * replicaCount; i++)
      servers.push(new ClickHouse(await freePort(), await freePort()));
    const config = clusterConfig(servers, replicaCount);
    for (const [index, server] of servers.entries()) {
      const shard = Math.floor(index / replicaCount) + 1;
      const macros = `<macros><shard>${shard}</shard><replica>${(index % replicaCount) + 1}</replica></macros>`;
      server.#configure(config + macros);
    }
    await Promise.all(servers.map((server) => server.restart()));
    return servers;
  }

  /**
   * @param {number} httpPort
   * @param {number} tcpPort
   */
  constructor(httpPort, tcpPort) {
    this.folder = mkdtempSync(join(tmpdir(), 'sightline-ch-'));
    this.httpPort = httpPort;
    this.tcpPort = tcpPort;
    writeFileSync(join(this.folder, 'users.xml'), usersConfig());
    this.#configure('');
  }

  #configure(xml) {
    const users = `<users_config>${join(this.folder, 'users.xml')}</users_config>`;
    writeFileSync(join(this.folder, 'config.xml'), `<clickhouse>${users}${xml}</clickhouse>`);
  }

  /** @returns {string} of the user `default`, who has no password */
  get url() {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** With the data and the ports that it had. @returns {Promise<void>} */
  async restart() {
    const args = [
      `--path=${join(this.folder, 'data')}`,
      `--config-file=${join(this.folder, 'config.xml')}`,
      '--listen_host=127.0.0.1',
      `--http_port=${this.httpPort}`,
      `--tcp_port=${this.tcpPort}`,
      '--background_pool_size=2',
      '--background_schedule_pool_size=4',
      '--query',
      serveForEver,
    ];
    const child = spawn(launcher(), [library, ...args], { stdio: ['ignore', 'ignore', 'pipe'], cwd: this.folder });
    this.#process = child;
    process.once('exit', () => child.kill('SIGKILL'));
    let output = '';
    child.stderr.on('data', (chunk) => {
      output = (output + chunk).slice(-10_000);
    });
    await isReady(child, this, () => output);
  }

  /** @param {string} sql one statement; @returns {Promise<string>} its rows, tab-separated */
  async execute(sql) {
    const response = await fetch(this.url, { method: 'POST', body: sql });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  }

  /** At once; what was committed is still there after `restart`. @returns {Promise<void>} */
  async kill() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const hasExited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await hasExited;
  }

  /** It neither answers nor hangs up, until `resume`. */
  pause() {
    this.#process.kill('SIGSTOP');
  }

  resume() {
    this.#process.kill('SIGCONT');
  }

  /** @returns {Promise<void>} */
  async stop() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * @returns {string | undefined} why no server can be started here, and what to do
 */
export function whyNoClickHouse() {
  if (!existsSync(library)) return 'chdb has no library for this platform: a ClickHouse for tests needs Linux on x64';
  try {
    launcher();
    return undefined;
  } catch (error) {
    return `a ClickHouse for tests needs a C compiler: apt-get install gcc libc6-dev (${error.message})`;
  }
}

/** For `describe.skipIf`. A test that CI skips is a failure. @returns {boolean} */
export function isClickHouseMissing() {
  const reason = whyNoClickHouse();
  if (reason === undefined) return false;
  if (process.env.CI === 'true') throw new Error(reason);
  console.warn(`skipped: ${reason}`);
  return true;
}

/** Compiled once. Renamed into place: several may come here at the same time. */
function launcher() {
  const path = join(cache, 'clickhouse');
  const source = `${path}.c`;
  if (existsSync(path) && readFileSync(source, 'utf8') === program) return path;
  mkdirSync(cache, { recursive: true });
  writeFileSync(source, program);
  const draft = `${path}.${process.pid}`;
  execFileSync('cc', ['-O1', '-o', draft, source, '-ldl'], { stdio: 'pipe' });
  renameSync(draft, path);
  return path;
}

async function isReady(child, server, output) {
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await setTimeout(50)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(`${server.url}/ping`).catch(() => undefined);
    if (answer?.ok) return;
  }
  child.kill('SIGKILL');
  throw new Error(`ClickHouse did not start: ${output()}`);
}

function clusterConfig(servers, replicaCount) {
  const replicas = servers.map(({ tcpPort }) => `<replica><host>127.0.0.1</host><port>${tcpPort}</port></replica>`);
  const shards = [];
  for (let i = 0; i < replicas.length; i += replicaCount) {
    const own = replicas.slice(i, i + replicaCount).join('');
    shards.push(`<shard><internal_replication>true</internal_replication>${own}</shard>`);
  }
  return `<remote_servers><test>${shards.join('')}</test></remote_servers>`;
}

function usersConfig() {
  const user = (name, password, profile) => `<${name}><password>${password}</password>
    <networks><ip>127.0.0.1</ip></networks><profile>${profile}</profile><quota>default</quota></${name}>`;
  const all = [user('default', '', 'default'), user('tester', password, 'default'), user('reader', '', 'readonly')];
  return `<clickhouse><profiles><default/><readonly><readonly>1</readonly></readonly></profiles>
    <quotas><default/></quotas><users>${all.join('')}</users></clickhouse>`;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
