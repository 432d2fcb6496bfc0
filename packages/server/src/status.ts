/** Parts of what `GET /api/v1/status` says. */
import type { RetentionStatus, StatusResponse } from '@sightline/wire';
import type { ServerOptions } from './server-options.ts';
import { type Store, StoreError } from './store/store.ts';

export function retentionStatus({ retention, serviceRetention, maxDiskBytes }: ServerOptions): RetentionStatus {
  const services = Object.entries(serviceRetention ?? {}).map(([name, ms]) => [name, Math.floor(ms / 1000)]);
  return {
    maxAgeSeconds: Math.floor(retention / 1000),
    ...(services.length > 0 && { serviceMaxAgeSeconds: Object.fromEntries(services) }),
    maxDiskBytes,
  };
}

export type StoreStatus = Pick<StatusResponse, 'spanCount' | 'diskBytes' | 'storeProblem'>;

/** Also of a store that is away: what waits for it is worth knowing then. */
export async function storeStatus(store: Store): Promise<StoreStatus> {
  try {
    return await store.stats();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { spanCount: 0, diskBytes: 0, storeProblem: error.message };
  }
}
