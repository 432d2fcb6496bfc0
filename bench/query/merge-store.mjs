import { join } from 'node:path';
import { Engine } from '../store/engine.mjs';

/** A store that is closed, as merges leave it in the end. A server waits for more parts than filling makes, and would merge while questions are timed. */
export async function mergeStore(dataDir) {
  const engine = new Engine(join(dataDir, 'clickhouse'));
  try {
    await engine.run('USE sightline');
    const tables = await engine.rows(
      "SELECT name FROM system.tables WHERE database = 'sightline' AND engine LIKE '%MergeTree'",
    );
    for (const { name } of tables) {
      await engine.run(`ALTER TABLE ${name} RESET SETTING min_parts_to_merge_at_once, max_parts_to_merge_at_once`);
      const parts = () => engine.number(`SELECT count() FROM system.parts WHERE active AND table = '${name}'`);
      for (let before = Number.POSITIVE_INFINITY, left = await parts(); left < before; ) {
        await engine.run(`OPTIMIZE TABLE ${name}`);
        [before, left] = [left, await parts()];
      }
    }
  } finally {
    engine.close();
  }
}
