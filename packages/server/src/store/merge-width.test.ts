import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countingTables } from './schema.ts';
import { openEmbeddedStore, type Store } from './store.ts';

/** Of the tables that are not set as they should be. */
async function others(store: Store): Promise<unknown[]> {
  return store.query(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)}
       AND NOT (engine_full LIKE '%min_parts_to_merge_at_once = 10%' AND engine_full LIKE '%max_parts_to_merge_at_once = 16%')`,
    { tables: ['spans', ...countingTables] },
  );
}

test('every table of a store merges ten to sixteen parts at once, also when it is opened again', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
  try {
    for (let time = 0; time < 2; time++) {
      const store = await openEmbeddedStore({ dataDir });
      try {
        expect(await others(store)).toEqual([]);
      } finally {
        await store.close();
      }
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
