/**
 * Ten minutes without ClickHouse, as the writer and the spool live through them: it is stopped, it is slow, it refuses, its
 * answers get lost. Everything that was acknowledged meanwhile is there once, afterwards. The short form has the same ten
 * minutes two hundred times as fast.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { writeTraces } from '@sightline/wire';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { BlockFile } from '../encode/block-files.ts';
import type { SpanBatch } from '../encode/span-batch.ts';
import { Spool, SpoolFull } from '../spool/spool.ts';
import { encoderHere } from '../store/encoder.fixture.ts';
import type { Store } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { Writer } from '../store/writer.ts';

const isLong = process.env.SIGHTLINE_E2E === 'long';
const secondMs = isLong ? 1_000 : 5;
const timeout = isLong ? 900_000 : 30_000;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sightline-outage-'));
});
afterAll(() => rm(directory, { recursive: true }));

/** What the store does to an insert that takes `store()`, and to the question whether it is there. */
interface Outage {
  insert(store: () => void): Promise<void>;
  stats(): Promise<void>;
  /** Nothing gets through, so the spool fills. */
  isTotal: boolean;
}

const refused = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:8123`), { code });

const outages: Record<string, Outage> = {
  'is stopped': {
    insert: async () => {
      throw refused('ECONNREFUSED');
    },
    stats: async () => {
      throw refused('ECONNREFUSED');
    },
    isTotal: true,
  },
  'is slow': {
    async insert(store) {
      await setTimeout(30 * secondMs);
      store();
    },
    stats: () => setTimeout(10 * secondMs),
    isTotal: false,
  },
  'refuses inserts, and answers all else': {
    insert: async () => {
      throw new Error(
        'Code: 252. DB::Exception: Too many parts (3000). Merges are slower than inserts. (TOO_MANY_PARTS)',
      );
    },
    stats: async () => undefined,
    isTotal: true,
  },
  'has a full disk': {
    insert: async () => {
      throw new StoreError('out-of-space', 'No space left on device');
    },
    stats: async () => undefined,
    isTotal: true,
  },
  'takes inserts, but its answers get lost': {
    async insert(store) {
      store();
      throw refused('ECONNRESET');
    },
    stats: async () => undefined,
    isTotal: true,
  },
};

/** Has every batch that it took, by the names of its spans, whatever form its rows have. */
class LedgerStore implements Pick<Store, 'insertSpans' | 'stats'> {
  outage: Outage | undefined;
  readonly batches: Map<number, string[]> = new Map();

  async insertSpans({ spans, receivedAtMs }: SpanBatch<BlockFile>, { isRepeat = false } = {}): Promise<void> {
    const names = (await readFile(spans.path, 'latin1')).match(/work-\d+\./g) ?? [];
    const store = (): void => this.#store(names, receivedAtMs, isRepeat);
    await (this.outage ? this.outage.insert(store) : store());
  }

  async stats(): Promise<{ spanCount: number; diskBytes: number }> {
    await this.outage?.stats();
    return { spanCount: 0, diskBytes: 0 };
  }

  #store(names: string[], receivedAtMs: number, isRepeat: boolean): void {
    if (isRepeat && this.batches.has(receivedAtMs)) return;
    this.batches.set(receivedAtMs, [...(this.batches.get(receivedAtMs) ?? []), ...names]);
  }
}

/** Senders that try again later, as they are told. */
async function sendUntil(signal: AbortSignal, spool: Spool, acknowledged: string[]): Promise<void> {
  const sender = async (): Promise<void> => {
    while (!signal.aborted) {
      const name = `work-${nextId++}.`;
      try {
        await spool.append(payloadOf(name));
        acknowledged.push(name);
      } catch (error) {
        if (!(error instanceof SpoolFull)) throw error;
      }
      await setTimeout(2);
    }
  };
  await Promise.all([sender(), sender(), sender()]);
}

let nextId = 1;
const payloadOf = (name: string): Uint8Array =>
  writeTraces({
    resourceSpans: [
      {
        scopeSpans: [
          {
            spans: [
              {
                traceId: 'ab'.repeat(16),
                spanId: 'cd'.repeat(8),
                name,
                startTimeUnixNano: '1',
                endTimeUnixNano: '2',
              },
            ],
          },
        ],
      },
    ],
  });

test.concurrent.each(Object.entries(outages))('ClickHouse %s for ten minutes', { timeout }, async (name, outage) => {
  const spoolDirectory = join(directory, name);
  const spool = await Spool.open({ directory: spoolDirectory, maxBytes: 10_000, segmentBytes: 2_000 });
  const store = new LedgerStore();
  const metrics = { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined };
  const log = { error: () => undefined };
  const writer = new Writer({
    spool,
    encoder: encoderHere(spoolDirectory),
    store,
    metrics,
    log,
    firstRetryMs: 0.2 * secondMs,
  });

  const acknowledged: string[] = [];
  const sending = new AbortController();
  const sent = sendUntil(sending.signal, spool, acknowledged);
  await vi.waitFor(() => expect(store.batches.size).toBeGreaterThan(0), timeout);
  store.outage = outage;
  await setTimeout(600 * secondMs);
  if (outage.isTotal) expect(spool.status()).toMatchObject({ state: 'full', sizeBytes: expect.any(Number) });
  expect(spool.sizeBytes).toBeLessThanOrEqual(10_000);
  const before = acknowledged.length;
  store.outage = undefined;

  await vi.waitFor(() => expect(acknowledged.length, 'it takes spans again').toBeGreaterThan(before), timeout);
  sending.abort();
  await sent;
  await spool.close();
  await writer.stop();
  expect(acknowledged.length).toBeGreaterThan(100);
  expect([...store.batches.values()].flat().sort()).toEqual([...acknowledged].sort());
  expect(await readdir(spoolDirectory), 'nothing was set aside').toEqual([]);
});
