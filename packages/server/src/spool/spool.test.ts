import {
  appendFile,
  mkdir,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crc32, crc32Portable } from './crc32.ts';
import type { CorruptBytes } from './quarantine.ts';
import { readSealed } from './read-sealed.ts';
import { readSegment, recordHeader, segmentMagic } from './segment-format.ts';
import { DiskNearlyFull, Spool, SpoolFull, type SpoolOptions } from './spool.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sightline-spool-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.close()));
  await rm(directory, { recursive: true, force: true });
});

const opened: Spool[] = [];

async function open(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const spool = await Spool.open({ directory, ...options });
  opened.push(spool);
  return spool;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Takes everything, in order, as the writer does. */
async function drain(spool: Spool): Promise<string[]> {
  const texts: string[] = [];
  for (let segment = spool.sealed()[0]; segment; segment = spool.sealed()[0]) {
    const { payloads, corrupt } = await readSealed(directory, segment);
    for (const payload of payloads) texts.push(Buffer.from(payload).toString());
    await spool.remove(segment, corrupt);
  }
  return texts;
}

async function onlyFile(): Promise<string> {
  const [name = ''] = await readdir(directory);
  return join(directory, name);
}

/** What a bad disk does. */
async function overwrite(path: string, at: number, text: string): Promise<void> {
  const file = await openFile(path, 'r+');
  await file.write(text, at);
  await file.close();
}

test('gives back what was appended, in order', async () => {
  const spool = await open();
  await Promise.all(['a', 'b', 'c'].map((text) => spool.append(bytes(text))));
  await spool.append(bytes('d'));
  expect(spool.sealed()[0]).toBeUndefined();
  await spool.seal();
  expect(await drain(spool)).toEqual(['a', 'b', 'c', 'd']);
  expect([spool.sizeBytes, spool.segmentCount, await readdir(directory)]).toEqual([0, 0, []]);
});

test('what was acknowledged is on disk at that moment', async () => {
  const spool = await open();
  await spool.append(bytes('one'));
  const path = await onlyFile();
  const { payloads } = readSegment(await readFile(path), Number.parseInt(basename(path), 10));
  expect(payloads.map((payload) => Buffer.from(payload).toString())).toEqual(['one']);
});

test('a spool that was not closed is found again, with the same numbers', async () => {
  const first = await open({ segmentBytes: 20 });
  for (const text of ['first segment', 'second segment', 'third']) await first.append(bytes(text));
  const numbers = (await readdir(directory)).map((name) => Number.parseInt(name, 10)).sort();

  const second = await open();
  expect(second.recovery).toEqual({ segments: 3, cutBytes: 0, corruptBytes: 0 });
  expect(second.sealed()[0]).toMatchObject({ number: numbers[0], isRecovered: true });
  await second.append(bytes('new'));
  await second.seal();
  expect(await drain(second)).toEqual(['first segment', 'second segment', 'third', 'new']);
});

test('what an earlier process wrote is on disk before it is handed on, whether that process had synced it or not', async () => {
  const first = await open();
  await first.append(bytes('written'));
  const file = await openFile(await onlyFile());
  const sync = vi.spyOn(Object.getPrototypeOf(file), 'sync');
  await file.close();
  await open();
  // The segment, then the directory.
  expect(sync).toHaveBeenCalledTimes(2);
  sync.mockRestore();
});

/** As it would stand behind a segment whose one record is `good`. */
function recordBehindGood(text: string, number: number): Buffer {
  const offset = segmentMagic.length + 16 + 'good'.length;
  return Buffer.concat([recordHeader(bytes(text), number, offset), bytes(text)]);
}

test.each([
  ['half a header', (number: number) => recordBehindGood('cut off', number).subarray(0, 9)],
  ['half a record', (number: number) => recordBehindGood('cut off', number).subarray(0, -1)],
  ['a record with a wrong checksum', (number: number) => recordBehindGood('right', number).fill('w', 16)],
  ['a record of another segment', (number: number) => recordBehindGood('old block', number - 1)],
  ['zeros', () => Buffer.alloc(100)],
])('cuts off %s at the end, and what stands before it stays', async (_what, tailOf) => {
  const first = await open();
  await first.append(bytes('good'));
  const path = await onlyFile();
  const { size } = await stat(path);
  const tail = tailOf(Number.parseInt(basename(path), 10));
  await appendFile(path, tail);

  const second = await open();
  expect(second.recovery).toEqual({ segments: 1, cutBytes: tail.length, corruptBytes: 0 });
  expect((await stat(path)).size).toBe(size);
  expect(await drain(second)).toEqual(['good']);
});

test.each([
  ['a part of the magic', segmentMagic.subarray(0, 3)],
  ['zeros in its place', Buffer.alloc(8)],
])('removes a file whose first write was cut off: %s', async (_what, file) => {
  await writeFile(join(directory, '000000000000001.spool'), file);
  const spool = await open();
  expect(spool.recovery).toEqual({ segments: 0, cutBytes: file.length, corruptBytes: 0 });
  expect(await readdir(directory)).toEqual([]);
});

test('a corrupt middle is moved to a file beside, what stands before and behind it stays', async () => {
  const first = await open();
  for (const text of ['before', 'in the middle', 'behind']) await first.append(bytes(text));
  const path = await onlyFile();
  const offset = segmentMagic.length + 16 + 'before'.length;
  await overwrite(path, offset + 18, 'XX');
  const broken = (await readFile(path)).subarray(offset, offset + 16 + 'in the middle'.length);

  const found: CorruptBytes[] = [];
  const second = await open({ onCorrupt: (one) => found.push(one) });
  expect(second.recovery).toEqual({ segments: 1, cutBytes: 0, corruptBytes: broken.length });
  expect(await drain(second)).toEqual(['before', 'behind']);
  expect(found).toEqual([{ path: `${path}.${offset}.corrupt`, offset, sizeBytes: broken.length }]);
  expect(await readFile(await onlyFile())).toEqual(broken);
});

test('bytes that go bad while the segment waits do not keep the others from the store', async () => {
  const found: CorruptBytes[] = [];
  const spool = await open({ onCorrupt: (one) => found.push(one) });
  for (const text of ['first', 'second', 'last']) await spool.append(bytes(text));
  const path = await onlyFile();
  const { size } = await stat(path);
  await overwrite(path, 0, 'rotten');
  await overwrite(path, size - 2, 'xx');
  await spool.seal();
  expect(await drain(spool)).toEqual(['first', 'second']);
  expect(found.map(({ offset, sizeBytes }) => [offset, sizeBytes])).toEqual([
    [0, 8],
    [size - 20, 20],
  ]);
  expect((await readdir(directory)).sort()).toEqual(found.map((one) => basename(one.path)).sort());
});

test('a corrupt segment that somebody removed can be given up', async () => {
  const spool = await open();
  await spool.append(bytes('only'));
  await spool.seal();
  await overwrite(await onlyFile(), 10, 'xx');
  const segment = spool.sealed()[0];
  if (!segment) throw new Error('it is not there');
  const { payloads, corrupt } = await readSealed(directory, segment);
  expect(payloads).toEqual([]);
  await rm(await onlyFile());
  await expect(spool.remove(segment, corrupt)).rejects.toThrow('ENOENT');
  await spool.remove(segment);
  expect([spool.segmentCount, await readdir(directory)]).toEqual([0, []]);
});

test('a segment of which nothing can be read is kept for a person to look at', async () => {
  const rotten = Buffer.alloc(1000, 'rotten');
  await writeFile(join(directory, '000000000000001.spool'), rotten);
  const found: CorruptBytes[] = [];
  const spool = await open({ onCorrupt: (one) => found.push(one) });
  expect(spool.recovery).toEqual({ segments: 0, cutBytes: 0, corruptBytes: 1000 });
  const path = join(directory, '000000000000001.spool.0.corrupt');
  expect(found).toEqual([{ path, offset: 0, sizeBytes: 1000 }]);
  expect(await readFile(path)).toEqual(rotten);
});

test.runIf(process.platform === 'linux')(
  'a segment that the disk cannot read is kept beside, and the others are taken',
  async () => {
    const spool = await open();
    await spool.append(bytes('kept'));
    await spool.close();
    // Reading the first gives EIO, as a bad disk does; the second is no file at all.
    await symlink('/proc/self/mem', join(directory, '000000000000001.spool'));
    await mkdir(join(directory, '000000000000002.spool'));
    const heard: CorruptBytes[] = [];
    const next = await open({ onCorrupt: (found) => heard.push(found) });
    expect(await drain(next)).toEqual(['kept']);
    const aside = ['000000000000001.spool.0.corrupt', '000000000000002.spool.0.corrupt'];
    expect(heard.map(({ path }) => basename(path))).toEqual(aside);
    expect(await readdir(directory)).toEqual(aside);
  },
);

test('appends that come together share a sync', async () => {
  const spool = await open();
  await spool.append(bytes('makes the file'));
  const file = await openFile(await onlyFile());
  const datasync = vi.spyOn(Object.getPrototypeOf(file), 'datasync');
  await file.close();
  await Promise.all(Array.from({ length: 100 }, (_, i) => spool.append(bytes(String(i)))));
  expect(datasync).toHaveBeenCalledTimes(2);
  datasync.mockRestore();
});

test('refuses what would make it larger than it may be, and takes more once there is room', async () => {
  const spool = await open({ maxBytes: 100 });
  await spool.append(Buffer.alloc(60, 1));
  await expect(spool.append(Buffer.alloc(60, 1))).rejects.toThrow(SpoolFull);
  await spool.seal();
  await drain(spool);
  await spool.append(Buffer.alloc(60, 1));
});

test('while the disk has less than 5 % left it takes nothing, and goes on by itself', async () => {
  let freeBytes = 51;
  const spool = await open({ readDisk: async () => ({ freeBytes, totalBytes: 1000 }) });
  await spool.append(bytes('taken'));
  expect(spool.status()).toMatchObject({ state: 'ok', diskFreeBytes: 51, diskTotalBytes: 1000 });

  freeBytes = 49;
  await vi.waitFor(() => expect(spool.status().state).toBe('disk-low'), 20_000);
  const refused = spool.append(bytes('refused'));
  await expect(refused).rejects.toThrow(DiskNearlyFull);
  await expect(refused).rejects.toThrow(/4\.9 % left \(49 of 1000 bytes\).*--max-disk or --retention/);
  await expect(refused, 'receivers know one kind').rejects.toThrow(SpoolFull);

  freeBytes = 50;
  await vi.waitFor(() => expect(spool.status().state).toBe('ok'), 20_000);
  expect(spool.status().refusedRequests).toBe(1);
  await spool.append(bytes('taken again'));
  await spool.seal();
  expect(await drain(spool)).toEqual(['taken', 'taken again']);
});

test('says how it stands: full until what was refused would fit', async () => {
  const spool = await open({ maxBytes: 100 });
  expect(spool.status()).toMatchObject({ state: 'ok', sizeBytes: 0, maxBytes: 100, segmentCount: 0 });
  expect(spool.status().oldestUnixNano).toBeUndefined();
  await spool.append(Buffer.alloc(50, 1));
  await expect(spool.append(Buffer.alloc(50, 1))).rejects.toThrow(/74 bytes of the 100.*--spool-max.*74 more/);
  const number = Number.parseInt(basename(await onlyFile()), 10);
  expect(spool.status()).toMatchObject({
    state: 'full',
    sizeBytes: 74,
    segmentCount: 1,
    oldestUnixNano: `${number}000000`,
    refusedRequests: 1,
  });
  await spool.seal();
  await drain(spool);
  expect(spool.status()).toMatchObject({ state: 'ok', sizeBytes: 0, refusedRequests: 1 });
});

test('a full segment is sealed by itself; one that is asked for holds no more than fits', async () => {
  const spool = await open({ segmentBytes: 100 });
  await Promise.all(Array.from({ length: 10 }, () => spool.append(Buffer.alloc(40, 1))));
  const sizes: number[] = [];
  await spool.seal();
  for (let segment = spool.sealed()[0]; segment; segment = spool.sealed()[0]) {
    sizes.push((await readSealed(directory, segment)).payloads.length);
    await spool.remove(segment);
  }
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes), 'less than a segment, and what one more write brings').toBeLessThanOrEqual(4);
});

test('what takes much memory fills a segment sooner', async () => {
  const spool = await open({ segmentBytes: 1000 });
  for (let i = 0; i < 4; i++) await spool.append(Buffer.alloc(10, 1), 2500);
  await spool.seal();
  const first = spool.sealed()[0];
  expect(first && (await readSealed(directory, first)).payloads).toHaveLength(2);
  expect(spool.segmentCount).toBe(2);
});

test('numbers only grow, whatever the clock says', async () => {
  const tomorrow = Date.now() + 86_400_000;
  const spool = await open({ lastNumber: tomorrow, segmentBytes: 1 });
  await spool.append(bytes('a'));
  await spool.append(bytes('b'));
  const first = spool.sealed()[0];
  expect(first?.number).toBe(tomorrow + 1);
  if (first) await spool.remove(first);
  expect(spool.sealed()[0]?.number).toBe(tomorrow + 2);
});

test('closing seals what is there, and refuses the rest', async () => {
  const spool = await open();
  const last = spool.append(bytes('last'));
  await spool.close();
  await last;
  await expect(spool.append(bytes('late'))).rejects.toThrow('the server is stopping');
  expect(await drain(spool)).toEqual(['last']);
});

test('the checksum is that of gzip, with and without zlib', () => {
  expect(crc32Portable(bytes('123456789'))).toBe(0xcbf43926);
  fc.assert(fc.property(fc.uint8Array(), (data) => crc32Portable(data) === crc32(data)));
});

test('a directory that was removed meanwhile is made again: what comes then is kept', async () => {
  const spool = await open();
  await spool.append(bytes('before'));
  await spool.seal();
  await rm(directory, { recursive: true });
  await spool.append(bytes('after'));
  await spool.seal();
  const [gone, kept] = [spool.sealed()[0], await readdir(directory)];
  expect(kept).toHaveLength(1);
  if (gone) await spool.remove(gone);
  expect(await drain(spool)).toEqual(['after']);
});
