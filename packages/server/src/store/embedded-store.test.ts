import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf, receivedAtMs } from './batches.fixture.ts';
import { announceAddress } from './data-lock.ts';
import { openEngine } from './engine.ts';
import { openEmbeddedStore, withQueryOptions } from './store.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

test('a second store in the same directory is refused, and told who holds it', async () => {
  const store = await openEmbeddedStore({ dataDir });
  await announceAddress(dataDir, 'http://127.0.0.1:16686');
  await expect(openEmbeddedStore({ dataDir })).rejects.toMatchObject({
    code: 'data-directory-in-use',
    message: expect.stringMatching(
      new RegExp(
        `^The data directory ${dataDir} is in use by process ${process.pid} at http://127.0.0.1:16686, since 20.*Z\\.`,
      ),
    ),
  });
  await store.close();
  await (await openEmbeddedStore({ dataDir })).close();
});

test('an insert of less than a granule makes no skip indexes, nor does one for which others wait', async () => {
  const store = await openEmbeddedStore({ dataDir });
  const indexBytes = async (spanCount: number): Promise<number[]> => {
    const rows = await store.query<{ rows: string; bytes: string }>(
      `SELECT rows, secondary_indices_compressed_bytes AS bytes FROM system.parts
       WHERE database = currentDatabase() AND table = 'spans' AND active AND rows = {rows:UInt64}`,
      { rows: spanCount },
    );
    return rows.map(({ bytes }) => Number(bytes));
  };
  await store.insertSpans(batchOf(10));
  await store.insertSpans(batchOf(10_000, receivedAtMs + 1));
  await store.insertSpans(batchOf(10_001, receivedAtMs + 2), { isBehind: true });
  expect(await indexBytes(10)).toEqual([0]);
  expect(await indexBytes(10_001)).toEqual([0]);
  expect(await indexBytes(10_000)).toEqual([expect.toSatisfy((bytes: number) => bytes > 0)]);
  await store.close();
});

test('its tables merge many small parts at once, also those of an earlier version', async () => {
  const narrow = async (): Promise<unknown[]> => {
    const store = await openEmbeddedStore({ dataDir });
    const found = await store.query(
      `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
       AND engine_full NOT LIKE '%min_parts_to_merge_at_once = 6%' ORDER BY name`,
    );
    await store.close();
    return found;
  };
  expect(await narrow()).toEqual([{ name: 'schema_version' }]);
  const engine = await openEngine(join(dataDir, 'clickhouse'));
  await engine.writer.queryAsync('ALTER TABLE spans RESET SETTING min_parts_to_merge_at_once');
  await engine.close();
  expect(await narrow()).toEqual([{ name: 'schema_version' }]);
});

test("a dead process's lock is taken over, also when another program has its pid now", async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await ended;
  for (const pid of [child.pid, process.ppid]) {
    await writeFile(
      join(dataDir, 'lock.old.json'),
      JSON.stringify({ pid, since: '2026-01-01T00:00:00Z', startTicks: '1' }),
    );
    await (await openEmbeddedStore({ dataDir })).close();
  }
});

test('of many that open a directory with a stale lock, exactly one gets it', async () => {
  await writeFile(join(dataDir, 'lock.old.json'), '{"pid": 0');
  const opened = await Promise.allSettled([1, 2, 3, 4].map(() => openEmbeddedStore({ dataDir })));
  const winners = opened.filter((result) => result.status === 'fulfilled');
  expect(winners).toHaveLength(1);
  const locks = (await readdir(dataDir)).filter((name) => name.startsWith('lock.'));
  expect(locks, 'only the lock of the winner is left').toHaveLength(1);
  for (const { value } of winners) await value.close();
});

test('a data directory that cannot be made is refused with the reason', async () => {
  await writeFile(join(dataDir, 'file'), '');
  await expect(openEmbeddedStore({ dataDir: join(dataDir, 'file', 'below') })).rejects.toMatchObject({
    code: 'data-directory-unusable',
    message: expect.stringContaining('ENOTDIR'),
  });
});

test('a query that takes longer than it may is stopped', async () => {
  const store = await openEmbeddedStore({ dataDir, queryTimeoutMs: 1000, queryMaxRows: 1e15 });
  await expect(store.query('SELECT sum(cityHash64(number)) FROM numbers(1000000000000)')).rejects.toMatchObject({
    code: 'query-too-expensive',
    message: expect.stringContaining('--query-timeout'),
  });
  await store.close();
});

test('the statements of one question share its time', async () => {
  const store = await openEmbeddedStore({ dataDir, queryTimeoutMs: 1000 });
  const question = withQueryOptions(store, { kind: 'search' });
  for (let n = 0; n < 2; n++) await question.query('SELECT sleep(0.4)');
  await expect(question.query('SELECT sleep(0.4)')).rejects.toMatchObject({
    code: 'query-too-expensive',
    message: expect.stringContaining('--query-timeout'),
  });
  await expect(store.query('SELECT sleep(0.4)'), 'another question has its own').resolves.toHaveLength(1);
  await store.close();
});

test('what a query groups may be more than its memory', async () => {
  const store = await openEmbeddedStore({ dataDir });
  // Some 150 bytes for each, together more than twice of what a query may take.
  const [most] = await store.query(
    `SELECT text, count() AS times FROM (SELECT concat(repeat('x', 80), toString(number)) AS text FROM numbers(6000000) WHERE number >= 0)
     GROUP BY text ORDER BY times DESC, text LIMIT 1`,
  );
  expect(most).toEqual({ text: `${'x'.repeat(80)}0`, times: '1' });
  await store.close();
});

test('a query that reads more rows than it may is stopped', async () => {
  const store = await openEmbeddedStore({ dataDir, queryMaxRows: 1000 });
  const read = (rows: number) => store.query('SELECT count() FROM numbers({rows:UInt32}) WHERE number >= 0', { rows });
  await expect(read(1000)).resolves.toHaveLength(1);
  await expect(read(1001)).rejects.toMatchObject({
    code: 'query-too-expensive',
    message: expect.stringContaining('--query-max-rows'),
  });
  await store.close();
});
