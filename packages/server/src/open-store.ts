/** The store that the options ask for: in the data directory, or elsewhere. */
import type { Logger } from 'pino';
import type { ServerOptions } from './server-options.ts';
import { claimDataDirectory } from './store/data-lock.ts';
import { openEmbeddedStore, openRemoteStore, type Store } from './store/store.ts';

/** @param onStop takes what has to be closed, in the opposite order */
export async function openStore(
  options: ServerOptions,
  log: Logger,
  onStop: (stop: () => Promise<unknown>) => void,
): Promise<Store> {
  const { dataDir, clickhouse, role, memoryBytes, queryTimeoutMs, queryMaxRows } = options;
  const limits = {
    ...(queryTimeoutMs !== undefined && { queryTimeoutMs }),
    ...(queryMaxRows !== undefined && { queryMaxRows }),
  };
  // The spool needs it all the same.
  const lock = clickhouse && role !== 'query' ? await claimDataDirectory(dataDir) : undefined;
  if (lock) onStop(() => lock.release());
  const store = clickhouse
    ? await openRemoteStore({ ...clickhouse, limits, onUnreachable: ({ message }) => log.error(message) })
    : await openEmbeddedStore({ dataDir, ...limits, ...(memoryBytes !== undefined && { memoryBytes }) });
  onStop(() => store.close());
  return store;
}
