import { writeTraces } from '@sightline/wire';
import { expect, test } from 'vitest';
import { isClickHouseMissing } from '../../../../scripts/clickhouse.mjs';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { inFiles } from '../store/encoder.fixture.ts';
import { clusterPlace } from '../store/stores.fixture.ts';
import { SpanCounters } from './span-counters.ts';
import { hourUnixNano, tracesOf } from './span-metrics.fixture.ts';

test.skipIf(isClickHouseMissing())(
  'of a cluster, every span is counted once, whichever writer and shard is late',
  {
    timeout: 60_000,
  },
  async () => {
    const place = await clusterPlace();
    const store = await place.open();
    const slots = await store.slots();
    let begunMs = Date.now();
    const counters = new SpanCounters(store, { now: () => begunMs });
    expect(await counters.read()).toEqual([]);

    async function insert(writer: number, shard: number, number: number): Promise<void> {
      const spans = Array.from({ length: 10 }, (_, i) => ({
        service: 'cart',
        name: 'work',
        kind: 2 as const,
        traceId: (i + 1).toString(16).padStart(32, '0'),
        spanId: (i + 1).toString(16).padStart(16, '0'),
        isParentRemote: false,
        startUnixNano: hourUnixNano,
        durationNano: 3_000_000n,
        isError: false,
      }));
      const encoder = new SpanEncoder(writer);
      encoder.append(writeTraces(tracesOf(spans)), { shard, slots });
      await store.insertSpans(inFiles(encoder.finish(begunMs + number)));
    }

    const calls = async () => (await counters.read())[0]?.calls;
    await insert(1, 1, 5);
    await insert(1, 2, 5);
    expect(await calls()).toBe(10);
    await insert(1, 1, 7);
    // Older than what has been counted of others.
    await insert(2, 1, 1);
    await insert(2, 2, 1);
    const [before] = await counters.read();
    await insert(1, 2, 7);
    begunMs += 15_000;
    const [after] = await counters.read();
    expect(after).toMatchObject({ calls: 30, milliseconds: 90, buckets: [0, ...Array<number>(15).fill(30)] });
    expect(before?.calls).toBeLessThanOrEqual(30);
    await store.close();
    await place.remove();
  },
);
