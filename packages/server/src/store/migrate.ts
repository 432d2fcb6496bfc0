import { setTimeout } from 'node:timers/promises';
import { errorTypeOf } from './clickhouse-error.ts';
import type { Connection } from './connection.ts';
import type { Layout } from './layout.ts';
import { type Migration, migrations, schemaVersion } from './schema.ts';
import { StoreError } from './store-error.ts';

const maxAttempts = 5;
const retryMs = 200;

interface Place {
  name: string;
  otherwise: string;
}

/**
 * Brings the schema to `schemaVersion`. What a newer Sightline wrote is refused, untouched.
 * Several may do so at once: what one does beside another that disturbs it, it does again.
 * @param place for the message: what was written, and what else to choose
 */
export async function migrate(connection: Connection, place: Place, target: number = schemaVersion): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await migrateOnce(connection, place, target);
    } catch (error) {
      if (error instanceof StoreError || attempt === maxAttempts) throw error;
      await setTimeout(retryMs * attempt);
    }
  }
}

async function migrateOnce(connection: Connection, place: Place, target: number): Promise<void> {
  const { oldest, newest } = await versions(connection);
  if (newest > schemaVersion) {
    throw new StoreError(
      'schema-too-new',
      `${place.name} was written by a newer Sightline (schema ${newest}; this one knows up to ${schemaVersion}). ` +
        `Update Sightline, or ${place.otherwise}.`,
    );
  }
  if (oldest >= target) return;
  await connection.runOnAll(versionTable(connection.layout));
  for (const migration of migrations) {
    if (migration.version > oldest && migration.version <= target) await apply(connection, migration);
  }
}

function versionTable({ stored, onCluster, engine }: Layout): string {
  return `CREATE TABLE IF NOT EXISTS ${stored('schema_version')}${onCluster}
    (version UInt32, applied_at DateTime('UTC') DEFAULT now()) ENGINE = ${engine('MergeTree')} ORDER BY version
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;
}

/** Statements say IF NOT EXISTS: a crash in the middle of a migration is repaired by running it again. */
async function apply(connection: Connection, migration: Migration): Promise<void> {
  const { layout } = connection;
  for (const statement of migration.statements) await connection.runOnAll(statement(layout));
  const tables = migrations.flatMap(({ version, tables = [] }) => (version <= migration.version ? tables : []));
  for (const statement of tables.flatMap(layout.overShards)) await connection.runOnAll(statement);
  for (const settings of layout.toEachShard) {
    await connection.run(`INSERT INTO schema_version (version)${settings} VALUES (${migration.version})`);
  }
}

/** Of the shards that answer. One that is new has no tables yet, and so all are made again. */
async function versions(connection: Connection): Promise<{ oldest: number; newest: number }> {
  try {
    const shards = await connection.rowsOfShards<{ shard: number; version: number }>(
      'SELECT shardNum() AS shard, max(version) AS version FROM schema_version',
    );
    const all = shards.map(({ version }) => version);
    return { oldest: Math.min(...all), newest: Math.max(...all) };
  } catch (error) {
    if (errorTypeOf(error) === 'UNKNOWN_TABLE') return { oldest: 0, newest: 0 };
    throw error;
  }
}
