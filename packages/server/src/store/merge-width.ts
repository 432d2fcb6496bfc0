import type { Connection } from './connection.ts';
import { countingTables } from './schema.ts';

/**
 * Left to itself, the engine merges some five small parts at once, and so each span three times within its first minute: merging took
 * half of all processor time at 5,000 spans a second. More parts at once are fewer times.
 */
const setting = 'min_parts_to_merge_at_once = 10';

/** Of the embedded engine's tables. Elsewhere merging is the server's business, and older ones do not have the setting. */
export async function mergeMoreAtOnce(connection: Connection): Promise<void> {
  const tables = await connection.rows<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)}
       AND position(engine_full, {setting:String}) = 0`,
    { tables: ['spans', ...countingTables], setting },
  );
  for (const { name } of tables) await connection.run(`ALTER TABLE ${name} MODIFY SETTING ${setting}`);
}
