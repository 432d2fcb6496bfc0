import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAround } from './read-segment-file.ts';
import { readSegment, recordHeader, segmentMagic } from './segment-format.ts';

const blockBytes = 4096;

function segmentOf(payloads: readonly Buffer[]): { bytes: Buffer; ends: number[] } {
  let bytes: Buffer = segmentMagic;
  const ends: number[] = [];
  for (const payload of payloads) {
    bytes = Buffer.concat([bytes, recordHeader(payload, 7, bytes.length), payload]);
    ends.push(bytes.length);
  }
  return { bytes, ends };
}

/** Compared in no time, other than bytes one by one. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

/** A file of which some blocks give EIO, as from a disk with bad sectors. */
function badDisk(bytes: Buffer, badBlocks: ReadonlySet<number>): Parameters<typeof readAround>[0] {
  return {
    stat: async () => ({ size: bytes.length }),
    read: async (into: Buffer, offset: number, length: number, at: number) => {
      if (badBlocks.has(at / blockBytes)) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
      return { bytesRead: bytes.copy(into, offset, at, at + length), buffer: into };
    },
  } as unknown as Parameters<typeof readAround>[0];
}

test('a block that cannot be read costs the records that lie in it, and no other', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 3 * blockBytes }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(fc.nat(12), { maxLength: 3 }), async (sizesBytes, bad) => {
      const payloads = sizesBytes.map((size) => randomBytes(size));
      const { bytes, ends } = segmentOf(payloads);
      const badBlocks = new Set(bad);
      fc.pre(badBlocks.size < Math.ceil(bytes.length / blockBytes));
      const touchesBad = (begin: number, end: number): boolean =>
        [...badBlocks].some((block) => begin < (block + 1) * blockBytes && end > block * blockBytes);
      const whole = payloads.filter((_, i) => !touchesBad(ends[i - 1] ?? segmentMagic.length, ends[i] ?? 0));
      const read = readSegment(await readAround(badDisk(bytes, badBlocks), new Error('nothing')), 7);
      expect(read.payloads.map(textOf)).toEqual(whole.map(textOf));
    }),
    { numRuns: 20 },
  );
});

test('where nothing can be read the disk’s error is thrown', async () => {
  const failure = new Error('EIO');
  await expect(readAround(badDisk(Buffer.alloc(5000), new Set([0, 1])), failure)).rejects.toBe(failure);
});
