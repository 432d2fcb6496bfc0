import { isClickHouseMissing } from '../../../../scripts/clickhouse.mjs';
import { clusterPlace, embeddedPlace, remotePlace, type StorePlace } from './stores.fixture.ts';

/** Where a store's ClickHouse may be, and what differs with it. */
export interface StoreKind {
  name: string;
  create(): Promise<StorePlace>;
  /** How many searches run side by side. */
  searchesAtOnce: string;
  /** May several be open at a time? */
  startsTogether: boolean;
}

const embedded: StoreKind = {
  name: 'embedded',
  create: embeddedPlace,
  searchesAtOnce: '1',
  startsTogether: false,
};

const remote: readonly StoreKind[] = [
  { name: 'of a server', create: remotePlace, searchesAtOnce: '3', startsTogether: true },
  { name: 'of a cluster', create: clusterPlace, searchesAtOnce: '3', startsTogether: true },
];

export const storeKinds: readonly StoreKind[] = [embedded, ...(isClickHouseMissing() ? [] : remote)];
