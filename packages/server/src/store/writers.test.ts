import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeTraces } from '@sightline/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Spool } from '../spool/spool.ts';
import { encoderHere } from './encoder.fixture.ts';
import { StoreError } from './store-error.ts';
import { Writers } from './writers.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sightline-writers-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** A trace for each of the first shards of `slots`. */
function payload(): Uint8Array {
  const spans = [0, 1, 2, 3].map((number) => ({
    traceId: number.toString(16).padStart(32, '0'),
    spanId: 'cd'.repeat(8),
    name: 'work',
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
  }));
  // A trace id of zeros alone is none.
  spans[0] = { ...spans[0], traceId: '4'.padStart(32, '0') } as (typeof spans)[0];
  return writeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

test('a shard that is away holds up only its own: each gets every batch once, in order, and segments wait for the last', async () => {
  const spool = await Spool.open({ directory });
  const taken: Record<number, number[]> = { 1: [], 2: [], 3: [] };
  let isAway = true;
  let answers = 0;
  const writers = new Writers({
    spool,
    encoder: encoderHere(directory),
    store: {
      // It does not answer at first.
      slots: async () => {
        if (answers++ === 0) throw new StoreError('store-unreachable', 'away');
        return [1, 2, 3, 3];
      },
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
      insertSpans: async ({ shard, receivedAtMs, spanCount }) => {
        if (shard === 2 && isAway) throw new StoreError('store-unreachable', 'away');
        expect(spanCount).toBe(shard === 3 ? 2 : 1);
        taken[shard]?.push(receivedAtMs);
      },
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
    firstRetryMs: 1,
  });
  for (let i = 0; i < 4; i++) {
    await spool.append(payload());
    await spool.seal();
  }
  await expect.poll(() => taken[1]?.length).toBe(4);
  await expect.poll(() => taken[3]?.length).toBe(4);
  expect(taken[2]).toEqual([]);
  expect(await readdir(directory)).toHaveLength(4);
  await spool.append(payload());
  await expect.poll(() => taken[1]?.length).toBe(5);

  isAway = false;
  await expect.poll(() => taken[2]?.length).toBe(5);
  expect(taken[2]).toEqual(taken[1]);
  expect(taken[3]).toEqual(taken[1]);
  expect(new Set(taken[1]).size).toBe(5);
  expect([...(taken[1] ?? [])].sort((a, b) => a - b)).toEqual(taken[1]);
  await expect.poll(() => readdir(directory)).toEqual([]);
  await spool.close();
  await writers.stop();
});

test('stopped before the store has answered, what was received stays in the spool', async () => {
  const spool = await Spool.open({ directory });
  const writers = new Writers({
    spool,
    encoder: encoderHere(directory),
    store: {
      slots: () => Promise.reject(new StoreError('store-unreachable', 'away')),
      stats: () => Promise.reject(new StoreError('store-unreachable', 'away')),
      insertSpans: () => Promise.reject(new StoreError('store-unreachable', 'away')),
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
  });
  await spool.append(payload());
  await setTimeout(20);
  await spool.close();
  await writers.stop();
  expect(await readdir(directory)).toHaveLength(1);
});
