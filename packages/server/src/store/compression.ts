import { writeFile } from 'node:fs/promises';
import type { Connection } from './connection.ts';
import { countingTables } from './schema.ts';

/**
 * What comes in is merged several times before it comes to rest: until then LZ4, with which an insert takes two thirds of the CPU,
 * and from the merge on that makes a part of this size, ZSTD, which takes two thirds of the space.
 */
const restingPartBytes = 16 * 1024 * 1024;

const configuration = `<clickhouse>
  <compression>
    <case>
      <min_part_size>${restingPartBytes}</min_part_size>
      <min_part_size_ratio>0</min_part_size_ratio>
      <method>zstd</method>
      <level>3</level>
    </case>
  </compression>
</clickhouse>
`;

/** The engine takes this from a file alone. */
export async function writeConfiguration(path: string): Promise<void> {
  await writeFile(path, configuration);
}

/**
 * Leaves it to the engine's configuration how columns are compressed, where their own codec does not prepare them for it. Of the embedded engine's
 * tables: a server's configuration is not ours.
 */
export async function setCompression(connection: Connection): Promise<void> {
  const columns = await connection.rows<{ table: string; name: string; codec: string }>(
    `SELECT table, name, compression_codec AS codec FROM system.columns
     WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND compression_codec LIKE '%ZSTD(%'`,
    { tables: ['spans', ...countingTables] },
  );
  for (const table of new Set(columns.map(({ table }) => table))) {
    const changes = columns
      .filter((column) => column.table === table)
      .map(({ name, codec }) => `MODIFY COLUMN ${name} ${codec.replace(/ZSTD\(\d+\)/, 'Default')}`);
    await connection.run(`ALTER TABLE ${table} ${changes.join(', ')}`);
  }
}
