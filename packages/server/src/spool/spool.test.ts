import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32, crc32Portable } from './crc32.ts';
import { readSegment, recordHeader, segmentMagic } from './segment-format.ts';
import { Spool, SpoolFull, type SpoolOptions } from './spool.ts';

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
  for (let segment = spool.peek(); segment; segment = spool.peek()) {
    for (const payload of await spool.read(segment)) texts.push(Buffer.from(payload).toString());
    await spool.remove(segment);
  }
  return texts;
}

async function onlyFile(): Promise<string> {
  const [name = ''] = await readdir(directory);
  return join(directory, name);
}

test('gives back what was appended, in order', async () => {
  const spool = await open();
  await Promise.all(['a', 'b', 'c'].map((text) => spool.append(bytes(text))));
  await spool.append(bytes('d'));
  expect(spool.peek()).toBeUndefined();
  await spool.seal();
  expect(await drain(spool)).toEqual(['a', 'b', 'c', 'd']);
  expect([spool.sizeBytes, spool.segmentCount, await readdir(directory)]).toEqual([0, 0, []]);
});

test('what was acknowledged is on disk at that moment', async () => {
  const spool = await open();
  await spool.append(bytes('one'));
  const { payloads } = readSegment(await readFile(await onlyFile()));
  expect(payloads.map((payload) => Buffer.from(payload).toString())).toEqual(['one']);
});

test('a spool that was not closed is found again, with the same numbers', async () => {
  const first = await open({ segmentBytes: 20 });
  for (const text of ['first segment', 'second segment', 'third']) await first.append(bytes(text));
  const numbers = (await readdir(directory)).map((name) => Number.parseInt(name, 10)).sort();

  const second = await open();
  expect(second.recovery).toEqual({ segments: 3, cutBytes: 0 });
  expect(second.peek()).toMatchObject({ number: numbers[0], isRecovered: true });
  await second.append(bytes('new'));
  await second.seal();
  expect(await drain(second)).toEqual(['first segment', 'second segment', 'third', 'new']);
});

test.each([
  ['half a header', Buffer.from([9, 0, 0])],
  ['half a record', Buffer.concat([recordHeader(bytes('cut off')), bytes('cut')])],
  ['a record with a wrong checksum', Buffer.concat([recordHeader(bytes('right')), bytes('wrong')])],
  ['zeros', Buffer.alloc(100)],
])('cuts off %s at the end, and what stands before it stays', async (_what, tail) => {
  const first = await open();
  await first.append(bytes('good'));
  const path = await onlyFile();
  const { size } = await stat(path);
  await appendFile(path, tail);

  const second = await open();
  expect(second.recovery).toEqual({ segments: 1, cutBytes: tail.length });
  expect((await stat(path)).size).toBe(size);
  expect(await drain(second)).toEqual(['good']);
});

test('removes a file that holds no record', async () => {
  await writeFile(join(directory, '000000000000001.spool'), segmentMagic.subarray(0, 3));
  const spool = await open();
  expect(spool.recovery).toEqual({ segments: 0, cutBytes: 3 });
  expect(await readdir(directory)).toEqual([]);
});

test('any crash leaves the records that were written whole', () =>
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), fc.nat(), (payloads, position) => {
      const parts = payloads.map((payload) => Buffer.concat([recordHeader(payload), payload]));
      const whole = Buffer.concat([segmentMagic, ...parts]);
      const cut = whole.subarray(0, segmentMagic.length + (position % (whole.length - segmentMagic.length + 1)));
      const endOf = (count: number): number => Buffer.concat([segmentMagic, ...parts.slice(0, count)]).length;
      const expected = payloads.filter((_, i) => endOf(i + 1) <= cut.length);
      expect(readSegment(cut).payloads.map((payload) => [...payload])).toEqual(expected.map((payload) => [...payload]));
    }),
  ));

test('refuses what would make it larger than it may be, and takes more once there is room', async () => {
  const spool = await open({ maxBytes: 100 });
  await spool.append(Buffer.alloc(60, 1));
  await expect(spool.append(Buffer.alloc(60, 1))).rejects.toThrow(SpoolFull);
  await spool.seal();
  await drain(spool);
  await spool.append(Buffer.alloc(60, 1));
});

test('a full segment is sealed by itself; one that is asked for holds no more than fits', async () => {
  const spool = await open({ segmentBytes: 100 });
  await Promise.all(Array.from({ length: 10 }, () => spool.append(Buffer.alloc(40, 1))));
  const sizes: number[] = [];
  await spool.seal();
  for (let segment = spool.peek(); segment; segment = spool.peek()) {
    sizes.push((await spool.read(segment)).length);
    await spool.remove(segment);
  }
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10);
  expect(sizes.length).toBeGreaterThan(1);
  expect(Math.max(...sizes), 'less than a segment, and what one more write brings').toBeLessThanOrEqual(4);
});

test('numbers only grow, whatever the clock says', async () => {
  const tomorrow = Date.now() + 86_400_000;
  const spool = await open({ lastNumber: tomorrow, segmentBytes: 1 });
  await spool.append(bytes('a'));
  await spool.append(bytes('b'));
  const first = spool.peek();
  expect(first?.number).toBe(tomorrow + 1);
  if (first) await spool.remove(first);
  expect(spool.peek()?.number).toBe(tomorrow + 2);
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
  const [gone, kept] = [spool.peek(), await readdir(directory)];
  expect(kept).toHaveLength(1);
  if (gone) await spool.remove(gone);
  expect(await drain(spool)).toEqual(['after']);
});
