import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf, receivedAtMs } from './batches.fixture.ts';
import { MergeHold } from './merge-hold.ts';
import { openEmbeddedStore, type Store } from './store.ts';

let dataDir: string;
let store: Store;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
  store = await openEmbeddedStore({ dataDir });
});
afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

let inserted = 0;

async function insert(count: number, isBehind: boolean): Promise<void> {
  for (let i = 0; i < count; i++) await store.insertSpans(batchOf(1, receivedAtMs + inserted++), { isBehind });
}

/** How many parts there are: as many as inserts until some are merged. */
async function partCount(): Promise<number> {
  const [row] = await store.query<{ parts: string }>(
    "SELECT count() AS parts FROM system.parts WHERE database = currentDatabase() AND table = 'spans' AND active",
  );
  return Number(row?.parts);
}

test('while many batches wait nothing is merged, and afterwards it is', async () => {
  await insert(40, true);
  expect(await partCount()).toBe(40);
  await insert(1, false);
  await expect.poll(partCount).toBeLessThan(20);
  expect(await store.query('SELECT count() AS spans FROM spans')).toEqual([{ spans: '41' }]);
});

test('deleting does not wait for merges that are held, and nor do inserts for the deleting', async () => {
  await insert(3, true);
  const deleted = store.deleteSpans({ service: 'cart', receivedBeforeMs: receivedAtMs + inserted });
  await insert(5, true);
  expect(await deleted).toBe(3);
  await insert(12, true);
  expect(await store.query('SELECT count() AS spans FROM spans')).toEqual([{ spans: '17' }]);
  expect(await partCount(), 'merges are held again').toBeGreaterThanOrEqual(12);
});

test('merges do not wait longer than for a hundred inserts', async () => {
  const statements: string[] = [];
  const hold = new MergeHold({ run: async (sql) => void statements.push(sql) });
  for (let i = 0; i < 100; i++) await hold.beforeInsert(true);
  expect(statements).toEqual(['SYSTEM STOP MERGES']);
  for (let i = 0; i < 100; i++) await hold.beforeInsert(true);
  expect(statements).toEqual(['SYSTEM STOP MERGES', 'SYSTEM START MERGES']);
  await hold.beforeInsert(false);
  await hold.beforeInsert(true);
  expect(statements.slice(2)).toEqual(['SYSTEM STOP MERGES']);
});
