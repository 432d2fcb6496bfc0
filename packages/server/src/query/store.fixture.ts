/** For tests: a real store in a directory of its own, filled with OTLP. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TracesData, writeTraces } from '@sightline/wire';
import { SpanEncoder } from '../encode/span-encoder.ts';
import { inFiles } from '../store/encoder.fixture.ts';
import { openEmbeddedStore, type Store } from '../store/store.ts';

export interface StoreFixture {
  store: Store;
  /** As a batch of its own. */
  insert(traces: TracesData): Promise<void>;
  remove(): Promise<void>;
}

export async function openStoreFixture(): Promise<StoreFixture> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-query-'));
  const store = await openEmbeddedStore({ dataDir });
  let receivedAtMs = Date.now();
  return {
    store,
    async insert(traces) {
      receivedAtMs = Math.max(Date.now(), receivedAtMs + 1);
      const encoder = new SpanEncoder();
      encoder.append(writeTraces(traces));
      await store.insertSpans(inFiles(encoder.finish(receivedAtMs)));
    },
    async remove() {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
