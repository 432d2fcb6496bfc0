import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EmbeddedConnection } from './embedded-connection.ts';
import { openEngine } from './engine.ts';
import { countingTables } from './schema.ts';
import { openEmbeddedStore } from './store.ts';

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'sightline-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('how columns are compressed is left to the engine, also when a store is opened again', async () => {
  const dataDir = await temporaryDirectory();
  for (let time = 0; time < 2; time++) {
    const store = await openEmbeddedStore({ dataDir });
    try {
      const codecs = await store.query<{ codec: string }>(
        `SELECT DISTINCT compression_codec AS codec FROM system.columns
         WHERE database = currentDatabase() AND table IN {tables:Array(String)} ORDER BY codec`,
        { tables: ['spans', ...countingTables] },
      );
      expect(codecs.map(({ codec }) => codec)).toEqual([
        '',
        'CODEC(Default)',
        'CODEC(Delta(4), Default)',
        'CODEC(Delta(8), Default)',
        'CODEC(NONE)',
        'CODEC(T64, Default)',
      ]);
    } finally {
      await store.close();
    }
  }
});

test('parts are compressed quickly when they come in, and tightly by the merge that makes a large one', async () => {
  const engine = await openEngine(join(await temporaryDirectory(), 'clickhouse'));
  onTestFinished(() => engine.close());
  const connection = new EmbeddedConnection(engine);
  const codecs = (): Promise<unknown[]> =>
    connection.rows("SELECT default_compression_codec AS codec FROM system.parts WHERE active AND table = 'texts'");
  await connection.run('CREATE TABLE texts (text String CODEC(Default)) ENGINE = MergeTree ORDER BY tuple()');
  for (let part = 0; part < 2; part++) {
    await connection.run('INSERT INTO texts SELECT randomString(1000) FROM numbers(5000)');
  }
  await connection.run('OPTIMIZE TABLE texts FINAL');
  expect(await codecs(), 'ten megabytes').toEqual([{ codec: 'LZ4' }]);
  await connection.run('INSERT INTO texts SELECT randomString(1000) FROM numbers(10000)');
  await connection.run('OPTIMIZE TABLE texts FINAL');
  expect(await codecs(), 'twenty megabytes').toEqual([{ codec: 'ZSTD(3)' }]);
});
