import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTraces } from '@sightline/wire';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertIsThere } from '../encode/block-files.ts';
import { Spool } from '../spool/spool.ts';
import { encoderHere } from './encoder.fixture.ts';
import { StoreError } from './store-error.ts';
import { Writer, type WriterOptions } from './writer.ts';

/** A store that fails as told is the one thing here that the real one cannot be. */
interface Attempt {
  rows: number;
  receivedAtMs: number;
  isRepeat: boolean;
}

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sightline-writer-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const span = {
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
  name: 'work',
  startTimeUnixNano: '1',
  endTimeUnixNano: '2',
};
const payload = writeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });

async function run(
  failures: number,
  failure: Error = new Error('it does not want to'),
  firstRetryMs = 1,
): Promise<{ attempts: Attempt[]; errors: object[]; stored: number }> {
  const spool = await Spool.open({ directory });
  const attempts: Attempt[] = [];
  const errors: object[] = [];
  let stored = 0;
  const options: WriterOptions = {
    spool,
    encoder: encoderHere(directory),
    store: {
      async insertSpans({ spanCount, receivedAtMs }, { isRepeat = false } = {}) {
        attempts.push({ rows: spanCount, receivedAtMs, isRepeat });
        if (attempts.length <= failures) throw failure;
      },
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
    },
    metrics: {
      encoded: () => undefined,
      inserted: (spans) => {
        stored += spans;
      },
      insertFailed: () => undefined,
    },
    log: { error: (details: object) => errors.push(details) },
    firstRetryMs,
  };
  const writer = new Writer(options);
  await Promise.all([spool.append(payload), spool.append(payload)]);
  while (spool.segmentCount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await spool.close();
  await writer.stop();
  return { attempts, errors, stored };
}

test('what came together is stored together, once', async () => {
  const { attempts, stored } = await run(0);
  expect(attempts).toEqual([{ rows: 2, receivedAtMs: expect.any(Number), isRepeat: false }]);
  expect(stored).toBe(2);
  expect(await readdir(directory)).toEqual([]);
});

/**
 * Segments of one record each, and a store that is told what to do with what counts the first.
 * @param last what is waited for before the writer is stopped
 */
async function runPair(last: string, countFirst: (attempt: number) => Promise<void>): Promise<string[]> {
  const spool = await Spool.open({ directory });
  for (let i = 0; i < 2; i++) {
    await spool.append(payload);
    await spool.seal();
  }
  const first = spool.sealed()[0]?.number;
  const said: string[] = [];
  let attempts = 0;
  const writer = new Writer({
    spool,
    encoder: encoderHere(directory),
    store: {
      async insertSpans({ receivedAtMs }, { isRepeat, beforeCounts } = {}) {
        const isFirst = receivedAtMs === first;
        const name = isFirst ? 'first' : 'second';
        said.push(`${name} spans${isRepeat ? ' again' : ''}`);
        await beforeCounts?.();
        if (isFirst) await countFirst(++attempts);
        said.push(`${name} counts`);
      },
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
    firstRetryMs: 1,
  });
  await expect.poll(() => said).toContain(last);
  await spool.close();
  await writer.stop();
  return said;
}

test('while a segment is counted, the next one is inserted, but not counted', async () => {
  const order = await runPair('second counts', () => new Promise((resolve) => setTimeout(resolve, 50)));
  expect(order).toEqual(['first spans', 'second spans', 'first counts', 'second counts']);
  expect(await readdir(directory)).toEqual([]);
});

test('none is passed over while those before it are removed, wherever the spool is', { timeout: 30_000 }, async () => {
  const spool = await Spool.open({ directory });
  for (let i = 0; i < 30; i++) {
    await spool.append(payload);
    await spool.seal();
  }
  const numbers = spool.sealed().map(({ number }) => number);
  const stored: number[] = [];
  const writer = new Writer({
    spool: {
      // As one in another thread: it answers a little later.
      async sealed(after, most) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        return spool.sealed(after, most);
      },
      seal: () => spool.seal(),
      waitForRecord: () => spool.waitForRecord(),
      remove: (segment, corrupt) => spool.remove(segment, corrupt),
      setAside: (segment) => spool.setAside(segment),
    },
    encoder: encoderHere(directory),
    store: {
      async insertSpans({ receivedAtMs }, { beforeCounts } = {}) {
        await beforeCounts?.();
        await new Promise((resolve) => setTimeout(resolve, 3));
        stored.push(receivedAtMs);
      },
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
  });
  await expect.poll(() => stored.length).toBe(numbers.length);
  await spool.close();
  await writer.stop();
  expect(stored).toEqual(numbers);
  expect(await readdir(directory)).toEqual([]);
});

test('a segment that could not be counted is tried again before the next one is counted', async () => {
  const order = await runPair('second counts', async (attempt) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (attempt < 3) throw new Error('it does not want to');
  });
  expect(order).toEqual([
    ...['first spans', 'second spans', 'first spans again', 'first spans again'],
    ...['first counts', 'second counts'],
  ]);
});

test('when there is no time left for a segment, the next one is not counted either, and both stay', async () => {
  const spools = (): Promise<string[]> => readdir(directory);
  const order = await runPair('first spans again', () => Promise.reject(new Error('never')));
  expect(order.filter((one) => one.endsWith('counts'))).toEqual([]);
  expect((await spools()).filter((name) => name.endsWith('.spool'))).toHaveLength(2);
  expect((await spools()).filter((name) => name.endsWith('.native'))).toEqual([]);
});

test('a failed insert is tried again as a repeat of the same batch', async () => {
  const { attempts, errors, stored } = await run(2);
  expect(attempts.map(({ isRepeat }) => isRepeat)).toEqual([false, true, true]);
  expect(new Set(attempts.map(({ receivedAtMs }) => receivedAtMs)).size).toBe(1);
  expect(errors).toHaveLength(2);
  expect(stored).toBe(2);
});

test('rows that a working store cannot read are set aside, so that others get through', async () => {
  const { attempts, errors, stored } = await run(Number.POSITIVE_INFINITY, new StoreError('rows-refused', 'no rows'));
  expect(attempts).toHaveLength(10);
  expect(stored).toBe(0);
  const [kept] = await readdir(directory);
  expect(kept).toMatch(/^\d{15}\.spool\.rejected$/);
  expect(errors.at(-1)).toEqual({ path: join(directory, kept ?? '') });
});

test('so is a batch that it has not taken for half an hour, whatever it says', async () => {
  const { attempts, stored } = await run(Number.POSITIVE_INFINITY, new Error('not now'), 0.1);
  expect(attempts.length).toBeGreaterThan(100);
  expect(stored).toBe(0);
  expect(await readdir(directory)).toEqual([expect.stringMatching(/\.rejected$/)]);
});

test('while the disk is full nothing is set aside, however long it takes', async () => {
  const { attempts, stored } = await run(15, new StoreError('out-of-space', 'full'));
  expect(attempts).toHaveLength(16);
  expect(stored).toBe(2);
  expect(await readdir(directory)).toEqual([]);
});

test('a segment that somebody removed is given up at once', async () => {
  const spool = await Spool.open({ directory });
  await spool.append(payload);
  await spool.seal();
  for (const name of await readdir(directory)) await rm(join(directory, name));
  const stored: number[] = [];
  const writer = new Writer({
    spool,
    encoder: encoderHere(directory),
    store: {
      insertSpans: async ({ receivedAtMs }) => void stored.push(receivedAtMs),
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
  });
  await spool.append(payload);
  while (stored.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await spool.close();
  await writer.stop();
  expect(stored).toHaveLength(1);
  expect(await readdir(directory)).toEqual([]);
});

test('the store hears when many segments wait, until none does', async () => {
  const spool = await Spool.open({ directory });
  for (let i = 0; i < 12; i++) {
    await spool.append(payload);
    await spool.seal();
  }
  const heard: (boolean | undefined)[] = [];
  const writer = new Writer({
    spool,
    encoder: encoderHere(directory),
    store: {
      insertSpans: async (_, { isBehind } = {}) => void heard.push(isBehind),
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
  });
  while (heard.length < 12) await new Promise((resolve) => setTimeout(resolve, 5));
  await spool.append(payload);
  await spool.close();
  await writer.stop();
  expect(heard).toEqual([...Array(11).fill(true), false, false]);
});

test('blocks that somebody removed are made again; no file of theirs is left when the segment is in the store', async () => {
  const spool = await Spool.open({ directory });
  await spool.append(payload);
  const paths: string[] = [];
  const writer = new Writer({
    spool,
    encoder: encoderHere(directory),
    store: {
      async insertSpans({ spans }) {
        paths.push(spans.path);
        if (paths.length === 1) await rm(spans.path);
        await assertIsThere(spans);
      },
      stats: async () => ({ spanCount: 0, diskBytes: 0 }),
    },
    metrics: { encoded: () => undefined, inserted: () => undefined, insertFailed: () => undefined },
    log: { error: () => undefined },
    firstRetryMs: 1,
  });
  await expect.poll(() => paths.length).toBe(2);
  await spool.close();
  await writer.stop();
  expect(paths).toHaveLength(2);
  expect(await readdir(directory)).toEqual([]);
  for (const path of paths) await expect(access(path)).rejects.toThrow('ENOENT');
});
