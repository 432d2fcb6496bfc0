/** The tables on the shards of a cluster, and what stands over them. */
import { shardingKey } from '../encode/shard-filter.ts';
import type { Layout } from './layout.ts';

export interface Shard {
  /** Counted from 1. */
  number: number;
  weight: number;
  replicas: readonly { host: string; port: number }[];
}

export interface ClusterPlace {
  name: string;
  database: string;
  shards: readonly Shard[];
  /** Whether one server can have a statement carried out by all. */
  hasKeeper: boolean;
}

/** Of each slot, its shard: as ClickHouse deals out rows by a sharding key. */
export function slotsOf(shards: readonly Shard[]): number[] {
  return shards.flatMap(({ number, weight }) => Array<number>(weight).fill(number));
}

export function clusterLayout({ name, database, shards, hasKeeper }: ClusterPlace): Layout {
  const cluster = quoted(name);
  const onCluster = hasKeeper ? ` ON CLUSTER ${cluster}` : '';
  const stored = (table: string): string => `${table}_shard`;
  const hasReplicas = shards.some(({ replicas }) => replicas.length > 1);
  const path = `'/clickhouse/sightline/${name}/{shard}/{database}/{table}'`;
  return {
    onCluster,
    stored,
    engine: (engine) => (hasReplicas ? `Replicated${engine}(${path}, '{replica}')` : engine),
    system: (table) => `cluster(${cluster}, system.${table})`,
    database: quoted(database),
    hasShards: true,
    overShards: (table) => [
      `CREATE OR REPLACE TABLE ${table}${onCluster} AS ${stored(table)}
       ENGINE = Distributed(${cluster}, ${quoted(database)}, ${quoted(stored(table))}, ${table === 'spans' ? shardingKey : 'rand()'})`,
    ],
    toEachShard: shards.map(({ number }) => ` SETTINGS insert_shard_id = ${number}`),
  };
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
