import type { Engine } from './engine.ts';
import { type Migration, migrations, schemaVersion } from './schema.ts';
import { StoreError } from './store-error.ts';

/** Brings the schema to `schemaVersion`. A directory that a newer Sightline wrote is refused, untouched. */
export async function migrate(engine: Engine): Promise<void> {
  const { writer } = engine;
  const found = await currentVersion(engine);
  if (found > schemaVersion) {
    throw new StoreError(
      'schema-too-new',
      `The data directory was written by a newer Sightline (schema ${found}; this one knows up to ${schemaVersion}). ` +
        'Update Sightline, or choose another directory with --data.',
    );
  }
  await writer.queryAsync('CREATE DATABASE IF NOT EXISTS sightline ENGINE = Atomic');
  await writer.queryAsync(`CREATE TABLE IF NOT EXISTS sightline.schema_version
    (version UInt32, applied_at DateTime('UTC') DEFAULT now()) ENGINE = MergeTree ORDER BY version
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  for (const migration of migrations) {
    if (migration.version > found) await apply(engine, migration);
  }
}

/** Statements say IF NOT EXISTS: a crash in the middle of a migration is repaired by running it again. */
async function apply({ writer }: Engine, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await writer.queryAsync(statement);
  await writer.queryAsync(`INSERT INTO sightline.schema_version (version) VALUES (${migration.version})`);
}

async function currentVersion({ writer }: Engine): Promise<number> {
  const known = await writer.queryAsync(`EXISTS TABLE sightline.schema_version`, { format: 'TSV' });
  if (known.text().trim() !== '1') return 0;
  const result = await writer.queryAsync('SELECT max(version) FROM sightline.schema_version', { format: 'TSV' });
  return Number(result.text().trim());
}
