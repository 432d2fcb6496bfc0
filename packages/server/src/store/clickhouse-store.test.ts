import { expect, test } from 'vitest';
import { batchOf, receivedAtMs } from './batches.fixture.ts';
import { ClickHouseStore, type StoreParts } from './clickhouse-store.ts';
import { oneServer } from './layout.ts';

test('what is inserted while the store is asked what it has counts as received', async () => {
  let answer: (rows: object[]) => void = () => undefined;
  const parts: StoreParts = {
    readers: {
      query: <Row>() =>
        new Promise<Row[]>((resolve) => {
          answer = resolve as typeof answer;
        }),
      queryBlocks: () => Promise.reject(new Error('nobody asks')),
    },
    connection: {
      layout: oneServer,
      run: async () => undefined,
      runOnAll: async () => undefined,
      rows: async () => [],
      rowsOfShards: async () => [],
      insertBlock: async () => undefined,
    },
    isAlone: true,
    ready: async () => undefined,
    close: async () => undefined,
  };
  const store = new ClickHouseStore(parts);
  const asked = store.receivedUntilMs();
  await store.insertSpans(batchOf(1, receivedAtMs));
  answer([{ last: String(receivedAtMs - 1000) }]);
  expect(await asked).toBe(receivedAtMs);
  expect(await store.receivedUntilMs()).toBe(receivedAtMs);
  await store.insertSpans(batchOf(1, receivedAtMs + 1));
  expect(await store.receivedUntilMs()).toBe(receivedAtMs + 1);
});
