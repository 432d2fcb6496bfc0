/** For tests: what goes, because it is old, too much, or unwanted, and what stays. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf } from './batches.fixture.ts';
import type { Store } from './store.ts';
import type { StoreKind } from './store-kinds.fixture.ts';
import type { StorePlace } from './stores.fixture.ts';

export function retentionTests({ create }: StoreKind): void {
  let place: StorePlace;
  beforeEach(async () => {
    place = await create();
  });
  afterEach(() => place.remove());

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
