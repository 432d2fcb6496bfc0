import { createRequire } from 'node:module';
import { forgetFiles } from './forget-files.mjs';

/** The server's. */
const { Session } = createRequire(new URL('../../packages/server/package.json', import.meta.url))('chdb');

/** The engine on a store's directory, without the server's limits. */
export class Engine {
  #session;

  constructor(path) {
    this.#session = new Session(path, {
      connectionArgs: [
        `--config-file=${path}.xml`,
        '--max_server_memory_usage=6000000000',
        '--max_threads=2',
        '--uncompressed_cache_size=0',
      ],
    });
  }

  async text(sql, format = 'TSVRaw') {
    return (await this.#session.queryAsync(sql, { format })).text();
  }

  async run(sql) {
    await this.text(sql);
  }

  async number(sql) {
    return Number(await this.text(sql));
  }

  async rows(sql) {
    return JSON.parse(await this.text(sql, 'JSON')).data;
  }

  cpuUs() {
    const { user, system } = process.cpuUsage();
    return user + system;
  }

  async timed(sql) {
    const [cpuUs, startMs] = [this.cpuUs(), performance.now()];
    await this.#session.queryAsync(
      `${sql} SETTINGS local_filesystem_read_method = 'pread', use_query_condition_cache = 0`,
      {
        format: 'Native',
      },
    );
    return { cpuMs: (this.cpuUs() - cpuUs) / 1000, wallMs: performance.now() - startMs };
  }

  /** With nothing of the data in the engine's caches, or in the system's. */
  async timedCold(sql) {
    await this.#forget();
    return Math.round((await this.timed(sql)).wallMs);
  }

  async #forget() {
    for (const cache of ['MARK', 'INDEX MARK', 'UNCOMPRESSED', 'INDEX UNCOMPRESSED', 'PRIMARY INDEX']) {
      await this.run(`SYSTEM CLEAR ${cache} CACHE`);
    }
    const parts = await this.rows("SELECT path FROM system.parts WHERE database = 'sightline' AND active");
    for (const { path } of parts) forgetFiles(path);
  }

  close() {
    this.#session.close();
  }
}
