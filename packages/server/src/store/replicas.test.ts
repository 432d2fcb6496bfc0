/** What there is of replicas without Keeper, which the tests' servers cannot use: see decision 11. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouse, isClickHouseMissing } from '../../../../scripts/clickhouse.mjs';
import { clickHouseAddress } from './clickhouse-address.ts';
import { Cluster } from './cluster.ts';
import { deleteRows } from './mutate.ts';
import { openRemoteStore } from './store.ts';

describe.skipIf(isClickHouseMissing())('a shard of two replicas', () => {
  let replicas: ClickHouse[];
  let hosts: string;

  beforeAll(async () => {
    replicas = await ClickHouse.startCluster(1, 2);
    hosts = replicas.map(({ httpPort }) => `127.0.0.1:${httpPort}`).join(',');
  });

  afterAll(() => Promise.all(replicas.map((replica) => replica.stop())));

  test('without Keeper is refused, with a way out', async () => {
    await expect(openRemoteStore({ url: `http://${hosts}/none`, cluster: 'test' })).rejects.toMatchObject({
      code: 'store-refused',
      message: expect.stringMatching(/has no Keeper, .* Configure <zookeeper> .* on every server, or name a cluster/),
    });
  });

  test('has deleted rows when both have', async () => {
    const cluster = new Cluster(clickHouseAddress({ url: `http://${hosts}/deleting` }), 'test');
    await cluster.join((server) => server.createDatabase());
    for (const [index, replica] of replicas.entries()) {
      await replica.execute('CREATE TABLE deleting.rows_shard (n UInt8) ENGINE = MergeTree ORDER BY n');
      await replica.execute(`INSERT INTO deleting.rows_shard VALUES (${index})`);
    }
    const failing = deleteRows(cluster, 'rows', "throwIf(n = 1, 'only on the second')", {});
    await expect(failing).rejects.toThrow(/cannot delete from rows: .*only on the second/);
    await cluster.close();
  });
});
