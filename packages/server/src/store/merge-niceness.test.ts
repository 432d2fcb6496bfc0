import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEmbeddedStore } from './embedded-store.ts';
import { mergeNiceness, standBackWithMerges } from './merge-niceness.ts';

/** By the names that ClickHouse gives its threads. */
async function nicenesses(): Promise<Record<string, number[]>> {
  const found: Record<string, number[]> = {};
  for (const thread of await readdir('/proc/self/task')) {
    const name = await readFile(`/proc/self/task/${thread}/comm`, 'latin1').catch(() => '');
    if (name !== '') found[name.trim()] = [...(found[name.trim()] ?? []), getPriority(Number(thread))];
  }
  return found;
}

test.runIf(process.platform === 'linux')('merges stand back, and nothing else of the engine does', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sightline-store-'));
  const store = await openEmbeddedStore({ dataDir });
  const { MergeMutate: merges = [], ...others } = await nicenesses();
  expect(merges.length).toBeGreaterThan(0);
  expect(new Set(merges)).toEqual(new Set([mergeNiceness]));
  expect(others.BgSchPool?.every((niceness) => niceness === getPriority())).toBe(true);
  expect(standBackWithMerges()).toBe(merges.length);
  await store.close();
  await rm(dataDir, { recursive: true });
});
