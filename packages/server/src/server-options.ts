import type { ReceiverOptions } from './receive/receivers.ts';
import type { ClickHouseOptions } from './store/clickhouse-address.ts';
import type { QueryLimits } from './store/query-budget.ts';

export type Role = 'all' | 'ingest' | 'query';

/** Listening anywhere but on loopback needs `authToken` or `insecure`. */
export interface ServerOptions extends ReceiverOptions, QueryLimits {
  /** 0 finds a free one. */
  httpPort: number;
  /** For Jaeger's queries over gRPC: 0 finds a free one; without it, nobody is listened to. */
  grpcPort?: number;
  /** Another program may have that port: then there are no queries over gRPC, and the log says so. */
  isGrpcPortOptional?: boolean;
  dataDir: string;
  /** Default `all`. `ingest` has no pages and answers no questions about traces; `query` receives nothing. */
  role?: Role;
  /** Where the store is, unless it is in the data directory. */
  clickhouse?: ClickHouseOptions;
  /** How long spans are kept, in milliseconds. */
  retention: number;
  /** The same for services that have one of their own, by their names. */
  serviceRetention?: Record<string, number>;
  maxDiskBytes: number;
  /** What the embedded database may take, in bytes, of which its caches are a part. */
  memoryBytes?: number;
  /** What may wait for the store; default 2 GB. */
  maxSpoolBytes?: number;
  /** Gets a JSON object of the addresses once everything listens. */
  readyFile?: string;
  /** The built pages; default: those beside this file. */
  webDir?: string;
  logLevel: string;
}
