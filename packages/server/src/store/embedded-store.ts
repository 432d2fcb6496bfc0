import { join } from 'node:path';
import { drainPending } from 'chdb';
import { ClickHouseStore } from './clickhouse-store.ts';
import { setCompression } from './compression.ts';
import { claimDataDirectory } from './data-lock.ts';
import { EmbeddedConnection } from './embedded-connection.ts';
import { type Engine, openEngine } from './engine.ts';
import { MergeHold } from './merge-hold.ts';
import { standBackWithMerges } from './merge-niceness.ts';
import { setMerging } from './merge-settings.ts';
import { migrate } from './migrate.ts';
import type { QueryLimits } from './query-budget.ts';
import type { Store } from './store.ts';

/** Opens, or creates, the ClickHouse in `dataDir`, brings its schema up to date, and keeps others out until closed. */
export async function openEmbeddedStore(
  options: { dataDir: string; memoryBytes?: number } & QueryLimits,
): Promise<Store> {
  const lock = await claimDataDirectory(options.dataDir);
  let engine: Engine | undefined;
  try {
    engine = await openEngine(join(options.dataDir, 'clickhouse'), options.memoryBytes, options);
    const connection = new EmbeddedConnection(engine);
    await migrate(connection, { name: 'The data directory', otherwise: 'choose another directory with --data' });
    standBackWithMerges();
    await setMerging(connection);
    await setCompression(connection);
    // What starting took: the engine would give it back within a minute or so.
    await connection.run('SYSTEM JEMALLOC PURGE');
    return new ClickHouseStore({
      readers: engine.readers,
      connection,
      merges: new MergeHold(connection),
      isAlone: true,
      ready: () => Promise.resolve(),
      close: () => close(engine, lock.release),
    });
  } catch (error) {
    await engine?.close();
    await lock.release();
    throw error;
  }
}

/** Waits for what runs: closing under a query would end the process. */
async function close(engine: Engine | undefined, unlock: () => Promise<void>): Promise<void> {
  await drainPending();
  await engine?.close();
  await drainPending();
  await unlock();
}
