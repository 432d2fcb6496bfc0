/** For tests: every kind of store, each empty at first. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ClickHouse } from '../../../../scripts/clickhouse.mjs';
import { clickHouseAddress } from './clickhouse-address.ts';
import { Cluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import { EmbeddedConnection } from './embedded-connection.ts';
import { openEngine } from './engine.ts';
import { RemoteServer } from './remote-server.ts';
import { openEmbeddedStore, openRemoteStore, type Store } from './store.ts';

export interface StorePlace {
  /** As often as one likes, one at a time. */
  open(): Promise<Store>;
  /** Past the store, while it is closed. */
  manipulate(action: (connection: Connection) => Promise<void>): Promise<void>;
  remove(): Promise<void>;
}

export async function embeddedPlace(): Promise<StorePlace> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
  return {
    open: () => openEmbeddedStore({ dataDir }),
    async manipulate(action) {
      const engine = await openEngine(join(dataDir, 'clickhouse'));
      await action(new EmbeddedConnection(engine));
      await engine.close();
    },
    remove: () => rm(dataDir, { recursive: true, force: true }),
  };
}

let server: Promise<ClickHouse> | undefined;
let shards: Promise<ClickHouse[]> | undefined;

afterAll(async () => {
  const all = [await server, ...((await shards) ?? [])];
  await Promise.all(all.map((started) => started?.stop()));
});

/** A database of its own, in a server that the test file's tests share. */
export async function remotePlace(): Promise<StorePlace> {
  server ??= ClickHouse.start();
  const { url: origin } = await server;
  const url = `${origin}/test_${randomBytes(8).toString('hex')}`;
  return {
    open: () => openRemoteStore({ url }),
    async manipulate(action) {
      const connection = new RemoteServer(clickHouseAddress({ url }), origin);
      await connection.createDatabase();
      await action(connection);
      await connection.close();
    },
    remove: async () => undefined,
  };
}

/** A database of its own, on two shards that the test file's tests share. */
export async function clusterPlace(): Promise<StorePlace> {
  shards ??= ClickHouse.startCluster(2);
  const hosts = (await shards).map(({ httpPort }) => `127.0.0.1:${httpPort}`);
  const url = `http://${hosts.join(',')}/test_${randomBytes(8).toString('hex')}`;
  return {
    open: () => openRemoteStore({ url, cluster: 'test' }),
    async manipulate(action) {
      const connection = new Cluster(clickHouseAddress({ url }), 'test');
      await connection.join((shard) => shard.createDatabase());
      await action(connection);
      await connection.close();
    },
    remove: async () => undefined,
  };
}
