import type { Connection } from './connection.ts';
import { countingTables } from './schema.ts';

/**
 * Each part more makes a search slower by some two milliseconds, and each merge more writes its spans once more. Six at once leave 8 parts on average
 * at 5,000 spans a second, ten 11, for the same CPU; three leave 6, for a quarter more, and at 60,000 for two thirds more. Not all that wait, though,
 * which at 100,000 spans a second come to a hundred: each takes memory while it is read.
 */
const width = ['min_parts_to_merge_at_once = 6', 'max_parts_to_merge_at_once = 16'];
/** What counts spans by the minute is made by a part's first merge: at the insert it takes an eighth of that, in which others wait. */
const projections = ['materialize_projections_on_insert = 0', 'materialize_projections_on_merge = 1'];

/** Of the embedded engine's tables. Elsewhere merging is the server's business, and older ones do not have all of these settings. */
export async function setMerging(connection: Connection): Promise<void> {
  const tables = await connection.rows<{ name: string; engine_full: string }>(
    'SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)}',
    { tables: ['spans', ...countingTables] },
  );
  for (const { name, engine_full } of tables) {
    const settings = name === 'spans' ? [...width, ...projections] : width;
    const missing = settings.filter((setting) => !engine_full.includes(setting));
    if (missing.length > 0) await connection.run(`ALTER TABLE ${name} MODIFY SETTING ${missing.join(', ')}`);
  }
}
