import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TracesData, writeTraces } from '@sightline/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SpanBatch, SpanEncoder } from '../encode/span-encoder.ts';
import { announceAddress } from './data-lock.ts';
import { openEngine } from './engine.ts';
import { openEmbeddedStore, type Store } from './store.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const receivedAtMs = 1_763_800_000_123;

function batchOf(spanCount: number, receivedMs = receivedAtMs): SpanBatch {
  const spans = Array.from({ length: spanCount }, (_, i) => ({
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: `work ${i % 3}`,
    startTimeUnixNano: '1763800000000000000',
    endTimeUnixNano: '1763800000000000001',
    attributes: [{ key: 'answer', value: { intValue: '9007199254740993' } }],
    status: { code: 2 as const },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'cart' } }] };
  const traces: TracesData = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
  const encoder = new SpanEncoder();
  encoder.append(writeTraces(traces));
  return encoder.finish(receivedMs);
}

test('what was inserted is there after the store was closed and opened again', async () => {
  const first = await openEmbeddedStore({ dataDir });
  await first.insertSpans(batchOf(2));
  await first.close();
  await first.close();
  await expect(first.query('SELECT 1')).rejects.toMatchObject({ code: 'store-closed' });

  const second = await openEmbeddedStore({ dataDir });
  expect(await second.query("SELECT service_name, attr_int['answer'] AS answer FROM sightline.spans")).toEqual([
    { service_name: 'cart', answer: '9007199254740993' },
    { service_name: 'cart', answer: '9007199254740993' },
  ]);
  expect(await second.stats()).toMatchObject({ spanCount: 2, diskBytes: expect.any(Number) });
  await second.close();
});

test('an insert that is repeated brings only what an earlier attempt did not bring', async () => {
  const store = await openEmbeddedStore({ dataDir });
  await store.insertSpans(batchOf(3));
  expect(await store.lastReceivedAtMs()).toBe(receivedAtMs);
  await store.insertSpans(batchOf(3), { isRepeat: true });
  await store.close();

  const engine = await openEngine(join(dataDir, 'clickhouse'));
  const { columns, bytes } = batchOf(3, receivedAtMs + 1).spans;
  const path = join(dataDir, 'cut-off.native');
  await writeFile(path, bytes);
  await engine.writer.queryAsync(
    `INSERT INTO sightline.spans (${columns.join(', ')}) SELECT * FROM file('${path}', 'Native')`,
  );
  await engine.close();
  await expectSpans(await openEmbeddedStore({ dataDir }));
});

async function expectSpans(store: Store): Promise<void> {
  await store.insertSpans(batchOf(3, receivedAtMs + 1), { isRepeat: true });
  expect(await store.query('SELECT count() AS spans FROM sightline.spans')).toEqual([{ spans: '6' }]);
  expect(
    await store.query(
      'SELECT name, sum(span_count) AS spans, sum(error_count) AS errors FROM sightline.span_names GROUP BY name ORDER BY name',
    ),
  ).toEqual(['work 0', 'work 1', 'work 2'].map((name) => ({ name, spans: '2', errors: '2' })));
  expect(
    await store.query(
      'SELECT scope, key, type, sum(span_count) AS spans FROM sightline.attribute_keys GROUP BY scope, key, type ORDER BY scope',
    ),
  ).toEqual([
    { scope: 'resource', key: 'service.name', type: 'string', spans: '6' },
    { scope: 'span', key: 'answer', type: 'int', spans: '6' },
  ]);
  await store.close();
}

test('queries can only read, and say whose mistake a failure is', async () => {
  const store = await openEmbeddedStore({ dataDir });
  await expect(store.query('DROP TABLE sightline.spans')).rejects.toMatchObject({ code: 'query-invalid' });
  await expect(store.query('SELECT nothing FROM sightline.spans')).rejects.toMatchObject({ code: 'query-invalid' });
  await expect(store.query('SELECT groupArray(number) FROM numbers(1000000000)')).rejects.toMatchObject({
    code: 'query-too-expensive',
  });
  const text = "it's \\ a\ttext\n";
  expect(await store.query('SELECT {text:String} AS text', { text })).toEqual([{ text }]);
  const aborted = new AbortController();
  aborted.abort();
  await expect(store.query('SELECT 1', {}, { signal: aborted.signal })).rejects.toMatchObject({
    code: 'query-aborted',
  });
  await store.close();
});

const endless =
  'SELECT sum(sleepEachRow(0.05)) FROM numbers(200) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 30000000';

test('searches that take long do not hold up a lookup, and stop when they are given up', async () => {
  const store = await openEmbeddedStore({ dataDir });
  const givenUp = new AbortController();
  const searches = [1, 2, 3].map((number) =>
    store.query(
      endless.replace('200', '{count:UInt32}'),
      { count: 200 + number },
      {
        kind: 'search',
        signal: givenUp.signal,
      },
    ),
  );
  const outcome = Promise.allSettled(searches);
  await untilOneRuns(store);

  const startMs = performance.now();
  expect(await store.query('SELECT {value:UInt8} AS value', { value: 7 })).toEqual([{ value: 7 }]);
  expect(performance.now() - startMs).toBeLessThan(1000);

  givenUp.abort();
  for (const { status, reason } of (await outcome) as PromiseRejectedResult[]) {
    expect([status, reason.code]).toEqual(['rejected', 'query-aborted']);
  }
  const againMs = performance.now();
  await store.query('SELECT 1', {}, { kind: 'search' });
  expect(performance.now() - againMs).toBeLessThan(2000);
  await store.close();
});

async function untilOneRuns(store: Store): Promise<void> {
  let running = '0';
  while (running === '0') {
    const [row] = await store.query<{ running: string }>(
      "SELECT count() AS running FROM system.processes WHERE query LIKE '%sleepEachRow%' AND query NOT LIKE '%processes%'",
    );
    running = row?.running ?? '';
  }
  expect(running).toBe('1');
}

test('a value stays a value, whatever it is made of', async () => {
  const store = await openEmbeddedStore({ dataDir });
  for (const text of [
    "'; DROP TABLE sightline.spans; --",
    "\\'",
    '\\x27',
    'a\0b\t\r\n\b\f',
    '{text:String}',
    '🙂 ü',
    '',
    '\\N',
  ]) {
    const [row] = await store.query('SELECT {text:String} AS text, {list:Array(String)} AS list', {
      text,
      list: [text, 'x'],
    });
    expect(row).toEqual({ text, list: [text, 'x'] });
  }
  await expect(store.query('SELECT {text:String}')).rejects.toThrow("the query's parameter text has no value");
  await store.close();
});

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

test('a directory that a newer Sightline wrote is refused, untouched', async () => {
  await (await openEmbeddedStore({ dataDir })).close();
  const engine = await openEngine(join(dataDir, 'clickhouse'));
  await engine.writer.queryAsync('INSERT INTO sightline.schema_version (version) VALUES (99)');
  await engine.close();
  const refused = { code: 'schema-too-new', message: expect.stringMatching(/newer Sightline \(schema 99; .* --data/) };
  await expect(openEmbeddedStore({ dataDir })).rejects.toMatchObject(refused);
  await expect(openEmbeddedStore({ dataDir })).rejects.toMatchObject(refused);
});

test('a data directory that cannot be made is refused with the reason', async () => {
  await writeFile(join(dataDir, 'file'), '');
  await expect(openEmbeddedStore({ dataDir: join(dataDir, 'file', 'below') })).rejects.toMatchObject({
    code: 'data-directory-unusable',
    message: expect.stringContaining('ENOTDIR'),
  });
});

const dayMs = 86_400_000;

test('retention drops the days that are too old, and what is known of them', async () => {
  const store = await openEmbeddedStore({ dataDir });
  const today = 20_000 * dayMs;
  await store.insertSpans(batchOf(5, today - 8 * dayMs));
  await store.insertSpans(batchOf(3, today - 6 * dayMs));
  const receivedBeforeMs = today - 7 * dayMs;
  const limits = { receivedBeforeMs, maxDiskBytes: Number.MAX_SAFE_INTEGER };
  expect(await store.enforceRetention(limits)).toMatchObject({ droppedSpans: 5 });
  expect(await store.enforceRetention(limits)).toEqual({ droppedSpans: 0, droppedBytes: 0 });
  expect((await store.stats()).spanCount).toBe(3);
  expect(await store.query('SELECT sum(span_count) AS spans FROM sightline.span_names')).toEqual([{ spans: '3' }]);
  await store.close();
});

test('retention drops the oldest parts until the rest fits', async () => {
  const store = await openEmbeddedStore({ dataDir });
  const firstDay = 20_000 * dayMs;
  for (const day of [3, 1, 2]) {
    await store.insertSpans(batchOf(500 + day, firstDay + day * dayMs));
  }
  const { diskBytes } = await store.stats();
  const dropped = await store.enforceRetention({ receivedBeforeMs: 0, maxDiskBytes: diskBytes - 1 });
  expect(dropped).toMatchObject({ droppedSpans: 501 });
  expect(
    await store.query(
      'SELECT toUnixTimestamp64Milli(received_at) AS at, count() AS spans FROM sightline.spans GROUP BY at ORDER BY at',
    ),
  ).toEqual([
    { at: `${firstDay + 2 * dayMs}`, spans: '502' },
    { at: `${firstDay + 3 * dayMs}`, spans: '503' },
  ]);
  await store.close();
});

test('rubbish timestamps make no partitions', async () => {
  const store = await openEmbeddedStore({ dataDir });
  const spans = ['0', '1', '18446744073709551615', '1763800000000000000'].map((startTimeUnixNano, i) => ({
    traceId: 'ab'.repeat(16),
    spanId: `${i + 1}`.padStart(16, '0'),
    name: 'work',
    startTimeUnixNano,
    endTimeUnixNano: '5',
  }));
  const encoder = new SpanEncoder();
  encoder.append(writeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  await store.insertSpans(encoder.finish(receivedAtMs));
  expect(
    await store.query(
      "SELECT DISTINCT table, partition FROM system.parts WHERE database = 'sightline' AND active AND table IN ('spans', 'span_names') ORDER BY table",
    ),
  ).toEqual([
    { table: 'span_names', partition: '2025-11-22' },
    { table: 'spans', partition: '2025-11-22' },
  ]);
  await store.close();
});
