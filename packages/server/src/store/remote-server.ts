/** A ClickHouse elsewhere, by its HTTP interface: the connection that writes, and the readers. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { type ClickHouseClient, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { type Block, readBlocks } from '../decode/native-blocks.ts';
import { assertIsThere, type BlockFile } from '../encode/block-files.ts';
import type { ClickHouseAddress } from './clickhouse-address.ts';
import type { ReadOptions } from './clickhouse-store.ts';
import { type BlockOptions, blockSettings, type Connection, type SqlValues } from './connection.ts';
import { parseRows } from './json-rows.ts';
import { type Layout, oneServer } from './layout.ts';
import { QueryBudget, withDefaults } from './query-budget.ts';
import { newerReaderSettings, readerLimits } from './reader-limits.ts';
import { remoteError } from './remote-error.ts';
import type { QueryKind } from './store.ts';

const gibibyte = 1024 ** 3;
/** Longer than a query may take, by so much. */
const graceMs = 5_000;
const writeTimeoutMs = 120_000;
/** Searches have connections of their own, so that they never keep a look-up waiting. */
const connections: Record<QueryKind, number> = { lookup: 8, search: 4 };

const readSettings = {
  readonly: '2',
  /** Who hangs up ends the query. */
  cancel_http_readonly_queries_on_client_close: 1,
} as const;

/** An insert is answered when it is on disk, whatever the user's profile says. */
const insertSettings = { async_insert: 0, wait_end_of_query: 1 } as const;

/** More settings, for all of its kind. */
interface MoreSettings {
  read?: ClickHouseSettings;
  write?: ClickHouseSettings;
}

export class RemoteServer implements Connection {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly layout: Layout = oneServer;
  readonly #address: ClickHouseAddress;
  readonly #readers: Record<QueryKind, ClickHouseClient>;
  readonly #writer: ClickHouseClient;

  readonly #more: MoreSettings;
  #newerSettings: ClickHouseSettings = {};

  constructor(address: ClickHouseAddress, origin: string, more: MoreSettings = {}) {
    this.#address = address;
    this.origin = origin;
    this.#more = more;
    this.#readers = { lookup: this.#reader('lookup'), search: this.#reader('search') };
    this.#writer = this.#client({ request_timeout: writeTimeoutMs, clickhouse_settings: { ...more.write } });
  }

  async query<Row>(sql: string, params: SqlValues, options: ReadOptions): Promise<Row[]> {
    return parseRows<Row>((await this.#read(`${sql} FORMAT JSONEachRow`, params, options)).toString());
  }

  async queryBlocks<Columns>(sql: string, params: SqlValues, options: ReadOptions): Promise<Block<Columns>[]> {
    return readBlocks<Columns>(await this.#read(`${sql} FORMAT Native`, params, options));
  }

  async #read(
    query: string,
    params: SqlValues,
    { kind, signal, budget = new QueryBudget(), mostRows }: ReadOptions,
  ): Promise<Buffer> {
    signal?.throwIfAborted();
    const settings = budget.left(this.#address.limits, mostRows);
    return budget.spend(() =>
      this.#explained(async () => {
        const { stream } = await this.#readers[kind].exec({
          query,
          query_params: { ...params },
          // Otherwise an error in the middle of it would be within the bytes.
          clickhouse_settings: { ...this.#newerSettings, ...settings, wait_end_of_query: 1 },
          ...(signal && { abort_signal: signal }),
        });
        return await buffer(stream);
      }, true),
    );
  }

  async run(sql: string, values: SqlValues = {}): Promise<void> {
    await this.#explained(() =>
      this.#writer.command({ query: sql, query_params: { ...values }, clickhouse_settings: { wait_end_of_query: 1 } }),
    );
  }

  runOnAll(sql: string, values: SqlValues = {}): Promise<void> {
    return this.run(sql, values);
  }

  async rows<Row>(sql: string, values: SqlValues = {}, settings: ClickHouseSettings = {}): Promise<Row[]> {
    return this.#explained(async () => {
      const result = await this.#writer.query({
        query: sql,
        query_params: { ...values },
        clickhouse_settings: settings,
        format: 'JSONEachRow',
      });
      return parseRows<Row>(await result.text());
    });
  }

  rowsOfShards<Row>(sql: string): Promise<Row[]> {
    return this.rows<Row>(sql);
  }

  async insertBlock(table: string, block: BlockFile, { shard, isBehind }: BlockOptions): Promise<void> {
    await assertIsThere(block);
    await this.#explained(async () => {
      const { stream } = await this.#writer.exec({
        query: `INSERT INTO ${table} (${block.columns.join(', ')}) FORMAT Native`,
        values: createReadStream(block.path),
        clickhouse_settings: {
          ...blockSettings(block, isBehind),
          ...insertSettings,
          ...(shard !== undefined && { insert_shard_id: String(shard) }),
        },
      });
      stream.resume();
      await once(stream, 'end');
    });
  }

  /** Queries are then asked with the settings that this version has. */
  async learnSettings(): Promise<void> {
    const known = await this.rows<{ name: string }>(
      'SELECT name FROM system.settings WHERE name IN {names:Array(String)}',
      { names: Object.keys(newerReaderSettings) },
    );
    this.#newerSettings = Object.fromEntries(known.map(({ name }) => [name, newerReaderSettings[name]]));
  }

  /** Before its database is there. */
  async createDatabase(): Promise<void> {
    const client = this.#client({ database: 'default' });
    try {
      const name = `\`${this.#address.database.replace(/[\\`]/g, '\\$&')}\``;
      await this.#explained(() => client.command({ query: `CREATE DATABASE IF NOT EXISTS ${name}` }));
    } finally {
      await client.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer, ...Object.values(this.#readers)].map((client) => client.close()));
  }

  #reader(kind: QueryKind): ClickHouseClient {
    const { queryTimeoutMs } = withDefaults(this.#address.limits);
    return this.#client({
      request_timeout: queryTimeoutMs + graceMs,
      max_open_connections: connections[kind],
      clickhouse_settings: { ...readerLimits(gibibyte), ...readSettings, ...this.#more.read },
    });
  }

  #client(options: Parameters<typeof createClient>[0]): ClickHouseClient {
    const { username, password, database, ca } = this.#address;
    return createClient({
      url: this.origin,
      username,
      password,
      database,
      application: 'sightline',
      // Long lists of values do not fit into a URL.
      use_multipart_params_auto: true,
      log: { level: 127 },
      ...(ca && { tls: { ca_cert: ca } }),
      ...options,
    });
  }

  async #explained<Result>(action: () => Promise<Result>, isReading = false): Promise<Result> {
    try {
      return await action();
    } catch (error) {
      throw remoteError(error, { ...this.#address, origin: this.origin }, isReading);
    }
  }
}
