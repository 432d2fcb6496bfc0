/** For tests: what is inserted is there, once, in every table. */
import { writeTraces } from '@sightline/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { batchOf, receivedAtMs } from './batches.fixture.ts';
import { inFiles } from './encoder.fixture.ts';
import type { Store } from './store.ts';
import type { StoreKind } from './store-kinds.fixture.ts';
import type { StorePlace } from './stores.fixture.ts';

export function insertTests({ create }: StoreKind): void {
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
    await place.manipulate((connection) =>
      connection.insertBlock('spans', batchOf(3, receivedAtMs + 1).spans, { shard: 1, isBehind: false }),
    );
    await expectSpans(await place.open());
  });

  test('of what an earlier process left, each batch is there once, where spans came but not what counts them', async () => {
    const left = [1, 2, 3, 4].map((number) => receivedAtMs + number);
    const store = await place.open();
    await store.close();
    await place.manipulate(async (connection) => {
      const insert = (number: number, block: 'spans' | 'spanNames'): Promise<void> => {
        const table = block === 'spans' ? 'spans' : 'span_names';
        return connection.insertBlock(table, batchOf(3, receivedAtMs + number)[block], { shard: 1, isBehind: false });
      };
      await insert(1, 'spans');
      await insert(1, 'spanNames');
      await insert(2, 'spans');
    });
    const next = await place.open();
    for (const number of left) await next.insertSpans(batchOf(3, number), { isRecovered: true });
    await expectCounts(next, left.length);
    await next.close();
  });

  test('while one batch is counted, the spans of the next come; a recount waits for both', async () => {
    const store = await place.open();
    const order: string[] = [];
    const first = store.insertSpans(batchOf(3, receivedAtMs), {
      beforeCounts: async () => {
        order.push('first spans');
        second = store
          .insertSpans(batchOf(3, receivedAtMs + 1), {
            beforeCounts: async () => {
              order.push('second spans');
              recount = store
                .deleteSpans({ service: 'nobody', receivedBeforeMs: receivedAtMs })
                .then(() => order.push('recounted'));
              await first;
            },
          })
          .then(() => order.push('second'));
        while (order.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      },
    });
    let second: Promise<unknown> | undefined;
    let recount: Promise<unknown> | undefined;
    await first;
    order.push('first');
    await second;
    await recount;
    expect(order).toEqual(['first spans', 'second spans', 'first', 'second', 'recounted']);
    await expectCounts(store, 2);
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
}

/** Of batches of three. */
async function expectCounts(store: Store, batches: number): Promise<void> {
  expect(await store.query('SELECT count() AS spans, uniqExact(received_at) AS batches FROM spans')).toEqual([
    { spans: String(3 * batches), batches: String(batches) },
  ]);
  const counted = ['span_names', 'attribute_keys', 'span_metrics'].map((table) => {
    const key = { span_names: "name = 'work 0'", attribute_keys: "scope = 'span'", span_metrics: 'has_name = 0' }[
      table
    ];
    return store.query(`SELECT sum(span_count) AS spans FROM ${table} WHERE ${key}`);
  });
  expect((await Promise.all(counted)).flat()).toEqual(
    [batches, 3 * batches, 3 * batches].map((spans) => ({ spans: String(spans) })),
  );
}

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
