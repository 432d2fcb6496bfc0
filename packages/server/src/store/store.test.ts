/** What every store keeps to, wherever its ClickHouse is. */
import { type TracesData, writeTraces } from '@sightline/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isClickHouseMissing } from '../../../../scripts/clickhouse.mjs';
import type { Column } from '../decode/columns.ts';
import type { BlockFile } from '../encode/block-files.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { inFiles } from './encoder.fixture.ts';
import { migrate } from './migrate.ts';
import { migrations } from './schema.ts';
import type { Store } from './store.ts';
import { clusterPlace, embeddedPlace, remotePlace, type StorePlace } from './stores.fixture.ts';

const kinds = [
  { name: 'embedded', create: embeddedPlace, searchesAtOnce: '1', startsTogether: false, isMissing: false },
  {
    name: 'of a server',
    create: remotePlace,
    searchesAtOnce: '3',
    startsTogether: true,
    isMissing: isClickHouseMissing(),
  },
  {
    name: 'of a cluster',
    create: clusterPlace,
    searchesAtOnce: '3',
    startsTogether: true,
    isMissing: isClickHouseMissing(),
  },
];

const receivedAtMs = 1_763_800_000_123;

function batchOf(spanCount: number, receivedMs = receivedAtMs, service = 'cart'): SpanBatch<BlockFile> {
  const spans = Array.from({ length: spanCount }, (_, i) => ({
    traceId: 'ab'.repeat(16),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: `work ${i % 3}`,
    startTimeUnixNano: '1763800000000000000',
    endTimeUnixNano: '1763800000000000001',
    attributes: [{ key: 'answer', value: { intValue: '9007199254740993' } }],
    status: { code: 2 as const },
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  const traces: TracesData = { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] };
  const encoder = new SpanEncoder();
  encoder.append(writeTraces(traces));
  return inFiles(encoder.finish(receivedMs));
}

describe.each(kinds.filter(({ isMissing }) => !isMissing))(
  'a store, $name,',
  ({ create, searchesAtOnce, startsTogether }) => {
    let place: StorePlace;
    beforeEach(async () => {
      place = await create();
    });
    afterEach(() => place.remove());
    test('what was inserted is there after the store was closed and opened again', async () => {
      const first = await place.open();
      await first.insertSpans(batchOf(2));
      await first.close();
      await first.close();
      await expect(first.query('SELECT 1')).rejects.toMatchObject({ code: 'store-closed' });

      const second = await place.open();
      expect(await second.query("SELECT service_name, attr_int['answer'] AS answer FROM spans")).toEqual([
        { service_name: 'cart', answer: '9007199254740993' },
        { service_name: 'cart', answer: '9007199254740993' },
      ]);
      expect(await second.stats()).toMatchObject({ spanCount: 2, diskBytes: expect.any(Number) });
      await second.close();
    });

    test('an insert that is repeated brings only what an earlier attempt did not bring', async () => {
      const store = await place.open();
      await store.insertSpans(batchOf(3));
      expect(await store.lastReceivedAtMs()).toBe(receivedAtMs);
      await store.insertSpans(batchOf(3), { isRepeat: true });
      await store.close();

      // As an attempt that was cut off after the first of the three tables.
      await place.manipulate((connection) => connection.insertBlock('spans', batchOf(3, receivedAtMs + 1).spans, 1));
      await expectSpans(await place.open());
    });

    test('queries can only read, and say whose mistake a failure is', async () => {
      const store = await place.open();
      await expect(store.query('DROP TABLE spans')).rejects.toMatchObject({ code: 'query-invalid' });
      await expect(store.query('SELECT nothing FROM spans')).rejects.toMatchObject({ code: 'query-invalid' });
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

    test('searches that take long do not hold up a lookup, and stop when they are given up', async () => {
      const store = await place.open();
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
      await untilSearching(store, searchesAtOnce);

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

    test('a value stays a value, whatever it is made of', async () => {
      const store = await place.open();
      for (const text of [
        "'; DROP TABLE spans; --",
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
      await expect(store.query('SELECT {text:String}')).rejects.toThrow(/\btext\b/);
      await store.close();
    });

    test('what is asked for by columns is the same, and an error in the middle of it is an error', async () => {
      const store = await place.open();
      await store.insertSpans(batchOf(3));
      const sql = 'SELECT trace_id, name, attr_int FROM spans WHERE name != {name:String} ORDER BY name';
      const blocks = await store.queryBlocks<Record<'trace_id' | 'name' | 'attr_int', Column<unknown>>>(sql, {
        name: 'work 1',
      });
      const rows = blocks.flatMap(({ columns, rowCount }) =>
        Array.from({ length: rowCount }, (_, row) => [
          columns.trace_id.at(row),
          columns.name.at(row),
          columns.attr_int.at(row),
        ]),
      );
      expect(rows).toEqual([
        ['ab'.repeat(16), 'work 0', [['answer', '9007199254740993']]],
        ['ab'.repeat(16), 'work 2', [['answer', '9007199254740993']]],
      ]);
      const failing = 'SELECT number, throwIf(number = 300000) AS isThere FROM numbers(400000)';
      await expect(store.queryBlocks(failing)).rejects.toMatchObject({ code: 'query-invalid' });
      await store.close();
    });

    test('what a newer Sightline wrote is refused, untouched', async () => {
      await (await place.open()).close();
      await place.manipulate((connection) => connection.run('INSERT INTO schema_version (version) VALUES (99)'));
      const refused = {
        code: 'schema-too-new',
        message: expect.stringMatching(/newer Sightline \(schema 99; .* (--data|--clickhouse)\.$/),
      };
      await expect(place.open()).rejects.toMatchObject(refused);
      await expect(place.open()).rejects.toMatchObject(refused);
    });

    test('retention drops the days that are too old, and what is known of them', async () => {
      const store = await place.open();
      const today = 20_000 * dayMs;
      await store.insertSpans(batchOf(5, today - 8 * dayMs));
      await store.insertSpans(batchOf(3, today - 6 * dayMs));
      const receivedBeforeMs = today - 7 * dayMs;
      const limits = { receivedBeforeMs, maxDiskBytes: Number.MAX_SAFE_INTEGER };
      expect(await store.enforceRetention(limits)).toMatchObject({ droppedSpans: 5 });
      expect(await store.enforceRetention(limits)).toEqual({ droppedSpans: 0, droppedBytes: 0 });
      expect((await store.stats()).spanCount).toBe(3);
      expect(await store.query('SELECT sum(span_count) AS spans FROM span_names')).toEqual([{ spans: '3' }]);
      await store.close();
    });

    test('retention drops the oldest parts until the rest fits', async () => {
      const store = await place.open();
      const firstDay = 20_000 * dayMs;
      for (const day of [3, 1, 2]) {
        await store.insertSpans(batchOf(500 + day, firstDay + day * dayMs));
      }
      const { diskBytes } = await store.stats();
      const dropped = await store.enforceRetention({ receivedBeforeMs: 0, maxDiskBytes: diskBytes - 1 });
      expect(dropped).toMatchObject({ droppedSpans: 501 });
      expect(
        await store.query(
          'SELECT toUnixTimestamp64Milli(received_at) AS at, count() AS spans FROM spans GROUP BY at ORDER BY at',
        ),
      ).toEqual([
        { at: `${firstDay + 2 * dayMs}`, spans: '502' },
        { at: `${firstDay + 3 * dayMs}`, spans: '503' },
      ]);
      await store.close();
    });

    test('services may be kept longer or shorter than the rest', async () => {
      const store = await place.open();
      const today = 20_000 * dayMs;
      for (const [service, ageDays, spans] of [
        ['cart', 2, 1],
        ['cart', 4, 2],
        ['checkout', 4, 3],
        ['checkout', 8, 4],
        ['probe', 1, 5],
        ['probe', 0, 6],
      ] as const) {
        await store.insertSpans(batchOf(spans, today - ageDays * dayMs, service));
      }
      const limits = {
        receivedBeforeMs: today - 3 * dayMs,
        services: new Map([
          ['checkout', today - 7 * dayMs],
          ['probe', today - dayMs / 2],
          ["it's absent", 0],
        ]),
        maxDiskBytes: Number.MAX_SAFE_INTEGER,
      };
      expect(await store.enforceRetention(limits)).toMatchObject({ droppedSpans: 2 + 4 + 5 });
      expect(await store.enforceRetention(limits)).toMatchObject({ droppedSpans: 0 });
      const left = [
        { service: 'cart', spans: '1' },
        { service: 'checkout', spans: '3' },
        { service: 'probe', spans: '6' },
      ];
      expect(await spansByService(store)).toEqual(left);
      expect(await countsByService(store, 'span_names')).toEqual(left);
      await store.close();
    });

    test('a service’s spans are deleted, with what was counted of them', async () => {
      const store = await place.open();
      const today = 20_000 * dayMs;
      await store.insertSpans(batchOf(3, today - dayMs, "it's cart"));
      await store.insertSpans(batchOf(4, today + 1000, "it's cart"));
      await store.insertSpans(batchOf(5, today + 1001, 'checkout'));
      await store.insertSpans(batchOf(6, today + 2000, "it's cart"));
      const before = await countsOf(store, today + 2000);
      const selection = { service: "it's cart", receivedBeforeMs: today + 2000 };
      expect(await store.countSpans(selection)).toBe(7);
      expect(await store.deleteSpans(selection)).toBe(7);
      expect(await store.deleteSpans(selection)).toBe(0);
      expect(await spansByService(store)).toEqual([
        { service: 'checkout', spans: '5' },
        { service: "it's cart", spans: '6' },
      ]);
      expect(await countsOf(store, 0), 'counted anew as they were counted first').toEqual(before);
      await store.close();
    });

    test('an insert makes one part, however large it is', { timeout: 60_000 }, async () => {
      const store = await place.open();
      await store.insertSpans(batchOf(200_000));
      expect(await store.query('SELECT uniqExact(_part) AS parts, count() AS spans FROM spans')).toEqual([
        { parts: '1', spans: '200000' },
      ]);
      await store.close();
    });

    test.each(migrations.slice(0, -1).map(({ version }) => version))(
      'what version %i wrote is still there, and more is added to it',
      async (version) => {
        const { spans, spanNames, attributeKeys } = batchOf(3, receivedAtMs);
        await place.manipulate(async (connection) => {
          await migrate(connection, { name: 'it', otherwise: 'none' }, version);
          for (const [table, { columns }] of Object.entries({
            spans,
            span_names: spanNames,
            attribute_keys: attributeKeys,
          })) {
            const known = new Set(
              (await connection.rows<{ name: string }>(`DESCRIBE TABLE ${table}`)).map(({ name }) => name),
            );
            const common = columns.filter((name) => known.has(name));
            const values = common.map((name) => (name === 'span_count' ? '7' : 'DEFAULT'));
            await connection.run(`INSERT INTO ${table} (${common.join(', ')}) VALUES (${values.join(', ')})`);
          }
        });
        const store = await place.open();
        await store.insertSpans(batchOf(3));
        await store.insertSpans(batchOf(3), { isRepeat: true });
        expect(await store.query('SELECT count() AS spans FROM spans')).toEqual([{ spans: '4' }]);
        for (const table of ['span_names', 'attribute_keys']) {
          // 3 spans with two attributes, and the 7 from before.
          const spans = table === 'span_names' ? '10' : '13';
          expect(await store.query(`SELECT sum(span_count) AS spans FROM ${table}`), table).toEqual([{ spans }]);
        }
        // Of each name, and of the service.
        expect(await store.query('SELECT sum(span_count) AS spans FROM span_metrics')).toEqual([{ spans: '6' }]);
        await store.close();
        await (await place.open()).close();
      },
    );

    test('several that come at once bring the schema up to date together', async () => {
      const stores = await Promise.all(startsTogether ? [1, 2, 3].map(() => place.open()) : [place.open()]);
      await stores[0]?.insertSpans(batchOf(3));
      for (const store of stores) {
        expect(await store.query('SELECT count() AS spans FROM spans')).toEqual([{ spans: '3' }]);
        await store.close();
      }
    });

    test('rubbish timestamps make no partitions', async () => {
      const store = await place.open();
      const spans = ['0', '1', '18446744073709551615', '1763800000000000000'].map((startTimeUnixNano, i) => ({
        traceId: 'ab'.repeat(16),
        spanId: `${i + 1}`.padStart(16, '0'),
        name: 'work',
        startTimeUnixNano,
        endTimeUnixNano: '5',
      }));
      const encoder = new SpanEncoder();
      encoder.append(writeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
      await store.insertSpans(inFiles(encoder.finish(receivedAtMs)));
      expect(
        await store.query(
          "SELECT DISTINCT replaceOne(table, '_shard', '') AS name, partition FROM system.parts WHERE database = currentDatabase() AND active AND name IN ('spans', 'span_names') ORDER BY name",
        ),
      ).toEqual([
        { name: 'span_names', partition: '2025-11-22' },
        { name: 'spans', partition: '2025-11-22' },
      ]);
      await store.close();
    });
  },
);

async function expectSpans(store: Store): Promise<void> {
  await store.insertSpans(batchOf(3, receivedAtMs + 1), { isRepeat: true });
  expect(await store.query('SELECT count() AS spans FROM spans')).toEqual([{ spans: '6' }]);
  expect(
    await store.query(
      'SELECT name, sum(span_count) AS spans, sum(error_count) AS errors FROM span_names GROUP BY name ORDER BY name',
    ),
  ).toEqual(['work 0', 'work 1', 'work 2'].map((name) => ({ name, spans: '2', errors: '2' })));
  expect(
    await store.query(
      'SELECT scope, key, type, sum(span_count) AS spans FROM attribute_keys GROUP BY scope, key, type ORDER BY scope',
    ),
  ).toEqual([
    { scope: 'resource', key: 'service.name', type: 'string', spans: '6' },
    { scope: 'span', key: 'answer', type: 'int', spans: '6' },
  ]);
  expect(
    await store.query(
      `SELECT has_name, sum(span_count) AS spans, sum(error_count) AS errors, sumMap(durations) AS durations
       FROM span_metrics GROUP BY has_name ORDER BY has_name`,
    ),
  ).toEqual([0, 1].map((has_name) => ({ has_name, spans: '6', errors: '6', durations: [[16368], ['6']] })));
  await store.close();
}

const endless =
  'SELECT sum(sleepEachRow(0.05)) FROM numbers(200) SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 30000000';

async function untilSearching(store: Store, searches: string): Promise<void> {
  let running = '';
  while (running !== searches) {
    const [row] = await store.query<{ running: string }>(
      "SELECT count() AS running FROM system.processes WHERE query LIKE '%sleepEachRow(0.05)%' AND query NOT LIKE '%processes%'",
    );
    running = row?.running ?? '';
  }
}

const dayMs = 86_400_000;

function spansByService(store: Store): Promise<unknown[]> {
  return store.query('SELECT service_name AS service, count() AS spans FROM spans GROUP BY service ORDER BY service');
}

function countsByService(store: Store, table: string): Promise<unknown[]> {
  return store.query(
    `SELECT service_name AS service, sum(span_count) AS spans FROM ${table} GROUP BY service ORDER BY service`,
  );
}

/** Everything in the tables that count, of checkout and of what was received since. */
async function countsOf(store: Store, receivedSinceMs: number): Promise<unknown[][]> {
  const condition = `service_name = 'checkout' OR last_received_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`;
  return Promise.all([
    store.query(
      `SELECT received_day, service_name, name, kind, hour_unix, sum(span_count) AS spans, sum(error_count) AS errors,
         max(last_start_unix_nano) AS start FROM span_names WHERE ${condition} GROUP BY ALL ORDER BY ALL`,
      { since: receivedSinceMs },
    ),
    store.query(
      `SELECT received_day, service_name, scope, key, type, sum(span_count) AS spans FROM attribute_keys
       WHERE ${condition} GROUP BY ALL ORDER BY ALL`,
      { since: receivedSinceMs },
    ),
    store.query(
      `SELECT received_day, has_name, service_name, name, kind, entry, minute_unix, sum(span_count) AS spans,
         sum(error_count) AS errors, sumMap(durations) AS durations FROM span_metrics
       WHERE ${condition} GROUP BY ALL ORDER BY ALL`,
      { since: receivedSinceMs },
    ),
  ]);
}
