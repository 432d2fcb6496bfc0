/** For tests: the schema that a store finds, and the one that it leaves. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf, receivedAtMs } from './batches.fixture.ts';
import { migrate } from './migrate.ts';
import { migrations } from './schema.ts';
import type { StoreKind } from './store-kinds.fixture.ts';
import type { StorePlace } from './stores.fixture.ts';

export function migrationTests({ create, startsTogether }: StoreKind): void {
  let place: StorePlace;
  beforeEach(async () => {
    place = await create();
  });
  afterEach(() => place.remove());

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

  test.each(migrations.slice(0, -1).map(({ version }) => version))(
    'what version %i wrote is still there, and more is added to it',
    async (version) => {
      const { spans, spanNames, attributeKeys } = batchOf(3, receivedAtMs);
      const given: Record<string, string> = { span_count: '7', attr_string: "map('user.id', 'ada', 'user', 'ada')" };
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
          const values = common.map((name) => given[name] ?? 'DEFAULT');
          await connection.run(`INSERT INTO ${table} (${common.join(', ')}) VALUES (${values.join(', ')})`);
        }
      });
      const store = await place.open();
      await store.insertSpans(batchOf(3));
      await store.insertSpans(batchOf(3), { isRepeat: true });
      // What they are under has a hash, also of those that were there before it.
      expect(await store.query('SELECT count() AS spans FROM spans WHERE place_hash != 0')).toEqual([{ spans: '4' }]);
      // And so are their ids apart.
      const ada = `indexHint(has(mapValues(attr_ids), 'ada')) AND attr_ids = map('user.id', 'ada')`;
      expect(await store.query(`SELECT count() AS spans FROM spans WHERE ${ada}`)).toEqual([{ spans: '1' }]);
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
}
