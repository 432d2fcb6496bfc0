/** For tests: what may be asked, and what is answered. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Column } from '../decode/columns.ts';
import { batchOf } from './batches.fixture.ts';
import type { Store } from './store.ts';
import type { StoreKind } from './store-kinds.fixture.ts';
import type { StorePlace } from './stores.fixture.ts';

export function readTests({ create, searchesAtOnce }: StoreKind): void {
  let place: StorePlace;
  let store: Store;
  beforeAll(async () => {
    place = await create();
    store = await place.open();
  });
  afterAll(async () => {
    await store.close();
    await place.remove();
  });

  test('queries can only read, and say whose mistake a failure is', async () => {
    await expect(store.query('DROP TABLE spans')).rejects.toMatchObject({ code: 'query-invalid' });
    await expect(store.query('SELECT nothing FROM spans')).rejects.toMatchObject({ code: 'query-invalid' });
    await expect(store.query('SELECT groupArray(number) FROM numbers(1000000000)')).rejects.toMatchObject({
      code: 'query-too-expensive',
    });
    const numbers = 'SELECT sum(number) AS total FROM numbers(1000)';
    await expect(store.query(numbers, {}, { mostRows: 999 })).rejects.toMatchObject({ code: 'query-too-expensive' });
    expect(await store.query(numbers, {}, { mostRows: 1000 })).toEqual([{ total: '499500' }]);
    const text = "it's \\ a\ttext\n";
    expect(await store.query('SELECT {text:String} AS text', { text })).toEqual([{ text }]);
    const aborted = new AbortController();
    aborted.abort();
    await expect(store.query('SELECT 1', {}, { signal: aborted.signal })).rejects.toMatchObject({
      code: 'query-aborted',
    });
  });

  test('skip indexes are looked at before anything is read', async () => {
    const sql = "SELECT getSetting('use_skip_indexes_on_data_read') AS onReading";
    expect(await store.query(sql)).toEqual([{ onReading: false }]);
  });

  test('searches that take long do not hold up a lookup, and stop when they are given up', async () => {
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
  });

  test('a value stays a value, whatever it is made of', async () => {
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
  });

  test('what is asked for by columns is the same, and an error in the middle of it is an error', async () => {
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
  });

  test('what failed in the middle of its answer leaves nothing in the next ones', async () => {
    const failing = 'SELECT number, throwIf(number = 3) AS isThere FROM numbers(9) SETTINGS max_block_size = 1';
    for (let round = 0; round < 4; round++) {
      await expect(store.query(failing)).rejects.toMatchObject({ code: 'query-invalid' });
      await expect(store.queryBlocks(failing)).rejects.toMatchObject({ code: 'query-invalid' });
      expect(await Promise.all([1, 2, 3].map((one) => store.query(`SELECT toUInt8(${one}) AS one`)))).toEqual([
        [{ one: 1 }],
        [{ one: 2 }],
        [{ one: 3 }],
      ]);
    }
  });
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
