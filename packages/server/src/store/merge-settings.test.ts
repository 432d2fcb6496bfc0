import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batchOf, receivedAtMs } from './batches.fixture.ts';
import { countingTables } from './schema.ts';
import { openEmbeddedStore, type Store } from './store.ts';

/** Of the tables that are not set as they should be. */
async function others(store: Store): Promise<unknown[]> {
  return store.query(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND name IN {tables:Array(String)}
       AND NOT (engine_full LIKE '%min_parts_to_merge_at_once = 6%' AND engine_full LIKE '%max_parts_to_merge_at_once = 16%')`,
    { tables: ['spans', ...countingTables] },
  );
}

test('every table of a store merges six to sixteen parts at once, also when it is opened again', async () => {
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

test("a part's counts by the minute are made by its first merge", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
  const store = await openEmbeddedStore({ dataDir });
  try {
    const parts = (): Promise<unknown[]> =>
      store.query(
        "SELECT DISTINCT level > 0 AS isMerged, has(projections, 'minutes') AS isCounted FROM system.parts WHERE active AND table = 'spans'",
      );
    await store.insertSpans(batchOf(3));
    expect(await parts()).toEqual([{ isMerged: 0, isCounted: 0 }]);
    for (let i = 1; i < 16; i++) await store.insertSpans(batchOf(3, receivedAtMs + i));
    await expect.poll(parts).toContainEqual({ isMerged: 1, isCounted: 1 });
    const counts = 'SELECT service_name, count() AS spans FROM spans GROUP BY service_name';
    expect(await store.query(counts)).toEqual([{ service_name: 'cart', spans: '48' }]);
  } finally {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
