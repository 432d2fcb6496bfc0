/**
 * A ClickHouse cluster, by way of any of its servers. The one that answered last is asked; when it is away the next of those
 * named in --clickhouse is. A query is answered by the shards that are there; an insert goes to one shard.
 */
import type { Block } from '../decode/native-blocks.ts';
import type { BlockFile } from '../encode/block-files.ts';
import type { ClickHouseAddress } from './clickhouse-address.ts';
import { errorTypeOf } from './clickhouse-error.ts';
import type { ReadOptions } from './clickhouse-store.ts';
import { clusterLayout, type Shard, slotsOf } from './cluster-layout.ts';
import type { BlockOptions, Connection, SqlValues } from './connection.ts';
import type { Layout } from './layout.ts';
import { RemoteServer } from './remote-server.ts';
import { StoreError } from './store-error.ts';

/** Traces live on one shard, so what a subquery finds is where its question is. */
const readSettings = {
  skip_unavailable_shards: 1,
  optimize_skip_unused_shards: 1,
  distributed_product_mode: 'local',
} as const;
/** Every statement of the writing connection: an insert is done when the shards have it. */
const writeSettings = { distributed_foreground_insert: 1, distributed_ddl_task_timeout: '60' } as const;
const byShard = { distributed_group_by_no_merge: '1', skip_unavailable_shards: 1 } as const;

/** What a server says that cannot have a statement carried out by all. */
const withoutKeeper = new Set(['QUERY_IS_PROHIBITED', 'NO_ELEMENTS_IN_CONFIG', 'SUPPORT_IS_DISABLED']);

export class Cluster implements Connection {
  readonly #name: string;
  readonly #database: string;
  readonly #servers: RemoteServer[];
  #shards: readonly Shard[] = [];
  #layout: Layout | undefined;

  constructor(address: ClickHouseAddress, name: string) {
    this.#name = name;
    this.#database = address.database;
    this.#servers = address.origins.map(
      (origin) => new RemoteServer(address, origin, { read: readSettings, write: writeSettings }),
    );
  }

  /** Known once `join` has succeeded. */
  get layout(): Layout {
    if (!this.#layout) throw new StoreError('store-unreachable', `The cluster ${this.#name} is not known yet.`);
    return this.#layout;
  }

  get slots(): readonly number[] {
    return slotsOf(this.#shards);
  }

  /**
   * Learns what the cluster is made of, and creates the database on all its servers.
   * @param create makes the database on the server that it is given
   * @throws StoreError `store-refused` where there is no such cluster
   */
  async join(create: (server: RemoteServer) => Promise<void>): Promise<void> {
    await this.#first(create);
    this.#shards = await this.#findShards();
    const hasKeeper = await this.#createDatabaseOnCluster();
    if (!hasKeeper) await this.#assertAllAreNamed(create);
    this.#layout = clusterLayout({ name: this.#name, database: this.#database, shards: this.#shards, hasKeeper });
  }

  query<Row>(sql: string, params: SqlValues, options: ReadOptions): Promise<Row[]> {
    return this.#first((server) => server.query<Row>(sql, params, options));
  }

  queryBlocks<Columns>(sql: string, params: SqlValues, options: ReadOptions): Promise<Block<Columns>[]> {
    return this.#first((server) => server.queryBlocks<Columns>(sql, params, options));
  }

  /** Those of which no replica answers, for people. */
  async missing(): Promise<string[]> {
    const sql = `SELECT shardNum() AS shard FROM ${this.layout.system('one')}`;
    const there = new Set((await this.query<{ shard: number }>(sql, {}, { kind: 'lookup' })).map(({ shard }) => shard));
    return this.#shards
      .filter(({ number }) => !there.has(number))
      .map(
        ({ number, replicas }) => `shard ${number} (${replicas.map(({ host, port }) => `${host}:${port}`).join(', ')})`,
      );
  }

  run(sql: string, values?: SqlValues): Promise<void> {
    return this.#first((server) => server.run(sql, values));
  }

  async runOnAll(sql: string, values?: SqlValues): Promise<void> {
    if (this.layout.onCluster) return this.run(sql, values);
    for (const server of this.#servers) await server.run(sql, values);
  }

  rows<Row>(sql: string, values?: SqlValues): Promise<Row[]> {
    return this.#first((server) => server.rows<Row>(sql, values));
  }

  rowsOfShards<Row>(sql: string): Promise<Row[]> {
    return this.#first((server) => server.rows<Row>(sql, {}, byShard));
  }

  /** Not tried with the next server: it may have come to its shard all the same, which whoever repeats it asks first. */
  async insertBlock(table: string, block: BlockFile, options: BlockOptions): Promise<void> {
    const [server] = this.#servers;
    try {
      await server?.insertBlock(table, block, options);
    } catch (error) {
      this.#passOver(server, error);
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  async #first<Result>(action: (server: RemoteServer) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const server = this.#servers[0] as RemoteServer;
      try {
        return await action(server);
      } catch (error) {
        if (!this.#passOver(server, error) || attempt >= this.#servers.length) throw error;
      }
    }
  }

  /** To the end of the list with a server that is away. @returns whether it is */
  #passOver(server: RemoteServer | undefined, error: unknown): boolean {
    if (!isUnreachable(error)) return false;
    if (server && server === this.#servers[0]) this.#servers.push(...this.#servers.splice(0, 1));
    return true;
  }

  async #findShards(): Promise<Shard[]> {
    const replicas = await this.rows<{ number: number; weight: number; host: string; port: number }>(
      `SELECT shard_num AS number, shard_weight AS weight, host_name AS host, port FROM system.clusters
       WHERE cluster = {name:String} ORDER BY shard_num, replica_num`,
      { name: this.#name },
    );
    if (replicas.length === 0) throw await this.#unknown();
    return [...new Set(replicas.map(({ number }) => number))].map((number) => {
      const own = replicas.filter((replica) => replica.number === number);
      return { number, weight: own[0]?.weight ?? 1, replicas: own };
    });
  }

  async #unknown(): Promise<StoreError> {
    const known = await this.rows<{ name: string }>(
      'SELECT DISTINCT cluster AS name FROM system.clusters ORDER BY name',
    );
    const names = known.map(({ name }) => name).join(', ') || 'none';
    const message = `knows no cluster ${this.#name}. Name one of those that it knows with --clickhouse-cluster: ${names}.`;
    return new StoreError('store-refused', `ClickHouse at ${this.#servers[0]?.origin} ${message}`);
  }

  async #createDatabaseOnCluster(): Promise<boolean> {
    const [database, cluster] = [this.#database, this.#name].map((name) => `\`${name.replace(/[\\`]/g, '\\$&')}\``);
    try {
      await this.run(`CREATE DATABASE IF NOT EXISTS ${database} ON CLUSTER ${cluster}`);
      return true;
    } catch (error) {
      if (withoutKeeper.has(errorTypeOf(error))) return false;
      throw error;
    }
  }

  /** Without Keeper, tables are made server by server, and so each has to be known. */
  async #assertAllAreNamed(create: (server: RemoteServer) => Promise<void>): Promise<void> {
    const replicas = this.#shards.flatMap((shard) => shard.replicas);
    const found = new Set<string>();
    let awayCount = 0;
    for (const server of this.#servers) {
      try {
        await create(server);
        for (const local of await localReplicas(server, this.#name)) found.add(local);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        awayCount++;
      }
    }
    const missing = replicas.map(({ host, port }) => `${host}:${port}`).filter((replica) => !found.has(replica));
    // Those that are away are taken at their name.
    if (missing.length <= awayCount) return;
    throw new StoreError(
      'store-refused',
      `The cluster ${this.#name} has no Keeper, without which one server cannot make tables on all of them: name every one ` +
        `in --clickhouse, as http://user:password@host1:8123,host2:8123/database. Missing: ${missing.join(', ')}.`,
    );
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store-unreachable';
}

async function localReplicas(server: RemoteServer, cluster: string): Promise<string[]> {
  const rows = await server.rows<{ replica: string }>(
    `SELECT concat(host_name, ':', toString(port)) AS replica FROM system.clusters
     WHERE cluster = {cluster:String} AND is_local`,
    { cluster },
  );
  return rows.map(({ replica }) => replica);
}
