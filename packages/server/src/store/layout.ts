/** How the tables lie in a ClickHouse, as far as SQL that changes or measures them has to know. */
export interface Layout {
  /** Before the name's table: what makes a statement run on every server, or ''. */
  readonly onCluster: string;

  /** The table that holds rows, of which there may be one on each shard; what is queried has the plain name. */
  stored(table: string): string;

  /** An engine of the MergeTree family. */
  engine(name: 'MergeTree' | 'AggregatingMergeTree'): string;

  /** A table of `system`, of one replica of each shard. */
  system(table: string): string;

  /** SQL of the database's name. */
  readonly database: string;

  /** Statements that make what is queried from what is stored, of one table, anew. */
  overShards(table: string): string[];

  /** For an INSERT of the same into every shard: its settings. */
  readonly toEachShard: readonly string[];

  /** Part names are those of one server: where there are more, only partitions can be dropped. */
  readonly hasShards: boolean;
}

export const oneServer: Layout = {
  onCluster: '',
  stored: (table) => table,
  engine: (name) => name,
  system: (table) => `system.${table}`,
  database: 'currentDatabase()',
  overShards: () => [],
  toEachShard: [''],
  hasShards: false,
};
