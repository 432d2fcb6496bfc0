/**
 * A store in a ClickHouse elsewhere. It may be away, at the start already: what is received waits in the spool then, queries are
 * told, and whoever comes next tries again.
 */
import { type ClickHouseAddress, type ClickHouseOptions, clickHouseAddress } from './clickhouse-address.ts';
import { errorTypeOf } from './clickhouse-error.ts';
import { ClickHouseStore, type StoreParts } from './clickhouse-store.ts';
import { Cluster } from './cluster.ts';
import { migrate } from './migrate.ts';
import { RemoteServer } from './remote-server.ts';
import type { Store } from './store.ts';
import { StoreError } from './store-error.ts';

/** An LTS of 2024; what we need of it is older. */
const oldestVersion = [24, 8] as const;

export interface RemoteStoreOptions extends ClickHouseOptions {
  /** Hears why the store cannot be reached now, at its opening. */
  onUnreachable?: (error: StoreError) => void;
}

/** @throws StoreError where waiting would not help: `store-refused`, `schema-too-new`, `clickhouse-options-invalid` */
export async function openRemoteStore(options: RemoteStoreOptions): Promise<Store> {
  const address = clickHouseAddress(options);
  const parts = options.cluster === undefined ? serverParts(address) : clusterParts(address, options.cluster);
  const preparation = new Preparation(parts.prepare);
  const store = new ClickHouseStore({ ...parts, isAlone: false, ready: () => preparation.done() });
  try {
    await preparation.done();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'store-unreachable') {
      await store.close();
      throw error;
    }
    options.onUnreachable?.(error);
  }
  return store;
}

type RemoteParts = Omit<StoreParts, 'ready' | 'isAlone'> & { prepare(): Promise<void> };

function serverParts(address: ClickHouseAddress): RemoteParts {
  const [origin = '', ...others] = address.origins;
  if (others.length > 0) {
    const message = '--clickhouse names several servers: of which cluster are they? Say so with --clickhouse-cluster.';
    throw new StoreError('clickhouse-options-invalid', message);
  }
  const server = new RemoteServer(address, origin);
  return {
    readers: server,
    connection: server,
    async prepare() {
      await prepareServer(server);
      await migrate(server, placeOf(address));
    },
    close: () => server.close(),
  };
}

function clusterParts(address: ClickHouseAddress, name: string): RemoteParts {
  const cluster = new Cluster(address, name);
  return {
    readers: cluster,
    connection: cluster,
    slots: () => cluster.slots,
    missing: () => cluster.missing(),
    async prepare() {
      await cluster.join(prepareServer);
      await migrate(cluster, placeOf(address));
    },
    close: () => cluster.close(),
  };
}

function placeOf({ origins, database }: ClickHouseAddress): { name: string; otherwise: string } {
  return {
    name: `The database ${database} of ClickHouse at ${origins.join(', ')}`,
    otherwise: 'name another database in --clickhouse',
  };
}

/** Something to be done once, however many ask for it, and tried again by the next one after it failed. */
class Preparation {
  readonly #prepare: () => Promise<void>;
  #running: Promise<void> | undefined;

  constructor(prepare: () => Promise<void>) {
    this.#prepare = prepare;
  }

  done(): Promise<void> {
    this.#running ??= this.#prepare().catch((error) => {
      this.#running = undefined;
      throw error;
    });
    return this.#running;
  }
}

async function prepareServer(server: RemoteServer): Promise<void> {
  await createDatabase(server);
  await assertNewEnough(server);
  await server.learnSettings();
}

/** A user who may not create databases has one already. */
async function createDatabase(server: RemoteServer): Promise<void> {
  try {
    await server.rows('SELECT 1');
  } catch (error) {
    if (!(error instanceof Error) || errorTypeOf(error.cause) !== 'UNKNOWN_DATABASE') throw error;
    await server.createDatabase();
  }
}

async function assertNewEnough(server: RemoteServer): Promise<void> {
  const [row] = await server.rows<{ version: string }>('SELECT version() AS version');
  const [major = 0, minor = 0] = (row?.version ?? '').split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestVersion;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new StoreError(
    'store-refused',
    `ClickHouse at ${server.origin} is too old: it is version ${row?.version}, and Sightline needs ${oldestVersion.join('.')} or newer. Update it.`,
  );
}
