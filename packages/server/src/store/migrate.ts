import type { Connection } from './connection.ts';
import { type Migration, migrations, schemaVersion } from './schema.ts';
import { StoreError } from './store-error.ts';

/**
 * Brings the schema to `schemaVersion`. What a newer Sightline wrote is refused, untouched.
 * @param place for the message: what was written, and what else to choose
 */
export async function migrate(connection: Connection, place: { name: string; otherwise: string }): Promise<void> {
  const found = await currentVersion(connection);
  if (found > schemaVersion) {
    throw new StoreError(
      'schema-too-new',
      `${place.name} was written by a newer Sightline (schema ${found}; this one knows up to ${schemaVersion}). ` +
        `Update Sightline, or ${place.otherwise}.`,
    );
  }
  if (found === schemaVersion) return;
  await connection.run(`CREATE TABLE IF NOT EXISTS schema_version
    (version UInt32, applied_at DateTime('UTC') DEFAULT now()) ENGINE = MergeTree ORDER BY version
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  for (const migration of migrations) {
    if (migration.version > found) await apply(connection, migration);
  }
}

/** Statements say IF NOT EXISTS: a crash in the middle of a migration is repaired by running it again. */
async function apply(connection: Connection, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await connection.run(statement);
  await connection.run(`INSERT INTO schema_version (version) VALUES (${migration.version})`);
}

async function currentVersion(connection: Connection): Promise<number> {
  const [known] = await connection.rows<{ result: number }>('EXISTS TABLE schema_version');
  if (known?.result !== 1) return 0;
  const [row] = await connection.rows<{ version: number }>('SELECT max(version) AS version FROM schema_version');
  return row?.version ?? 0;
}
