import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';
import { readSegment, recordHeader, recordHeaderSize, segmentMagic } from './segment-format.ts';

const number = 1_763_800_000_123;

function segmentOf(payloads: readonly Uint8Array[]): Buffer {
  let bytes: Buffer = segmentMagic;
  for (const payload of payloads) bytes = Buffer.concat([bytes, recordHeader(payload, number, bytes.length), payload]);
  return bytes;
}

const texts = (payloads: readonly Uint8Array[]): string[] => payloads.map((one) => Buffer.from(one).toString('latin1'));
const payloadsOf = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1 });

/**
 * A second reader, written from `docs/formats/spool.md` alone: it shares no line with ours, not even the CRC.
 */
function secondReader(file: Buffer, segmentNumber: number): string[] {
  const crc = (bytes: Uint8Array): number => {
    let value = 0xffffffff;
    for (const byte of bytes) {
      value ^= byte;
      for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    return (value ^ 0xffffffff) >>> 0;
  };
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const found: string[] = [];
  let at = 0;
  while (at + 16 <= file.length) {
    const length = view.getUint32(at + 4, true);
    const end = at + 16 + length;
    const place = new DataView(new ArrayBuffer(24));
    place.setBigUint64(0, BigInt(segmentNumber), true);
    place.setBigUint64(8, BigInt(at), true);
    place.setUint32(16, length, true);
    place.setUint32(20, view.getUint32(at + 8, true), true);
    const isRecord =
      view.getUint32(at, false) === 0xf5534c52 &&
      length > 0 &&
      end <= file.length &&
      crc(new Uint8Array(place.buffer)) === view.getUint32(at + 12, true) &&
      crc(file.subarray(at + 16, end)) === view.getUint32(at + 8, true);
    if (isRecord) found.push(file.toString('latin1', at + 16, end));
    at = isRecord ? end : at + 1;
  }
  return found;
}

test('the document says enough for a second reader, and both find the same, however the bytes were damaged', () => {
  const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), { maxLength: 4 });
  fc.assert(
    fc.property(payloadsOf, damage, fc.nat(), (payloads, damages, cut) => {
      const file = segmentOf(payloads);
      expect(secondReader(file, number)).toEqual(texts(payloads));
      for (const { at, byte } of damages) file[at % file.length] = byte;
      const rest = file.subarray(0, file.length - (cut % 3 === 0 ? cut % file.length : 0));
      expect(texts(readSegment(rest, number).payloads)).toEqual(secondReader(rest, number));
    }),
  );
});

test('the example in the document is what we write', () => {
  const document = readFileSync(new URL('../../../../docs/formats/spool.md', import.meta.url), 'utf8');
  const payload = Buffer.from('A');
  const example = Buffer.concat([segmentMagic, recordHeader(payload, 1, segmentMagic.length), payload]);
  const inDocument = /^ {4}(53 4C 53 .*)$/m.exec(document)?.[1]?.replaceAll(' ', '').toLowerCase();
  expect(inDocument).toBe(example.toString('hex'));
});

test('any crash leaves the records that were written whole', () =>
  fc.assert(
    fc.property(payloadsOf, fc.nat(), (payloads, position) => {
      const whole = segmentOf(payloads);
      const cut = whole.subarray(0, segmentMagic.length + (position % (whole.length - segmentMagic.length + 1)));
      const expected = payloads.filter((_, i) => segmentOf(payloads.slice(0, i + 1)).length <= cut.length);
      const { payloads: found, corrupt } = readSegment(cut, number);
      expect([texts(found), corrupt]).toEqual([texts(expected), []]);
    }),
  ));

test('one damaged record costs that record alone, and is told by place and length', () =>
  fc.assert(
    fc.property(payloadsOf, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (payloads, which, where, flip) => {
      const index = which % payloads.length;
      const file = segmentOf(payloads);
      const offset = segmentOf(payloads.slice(0, index)).length;
      const sizeBytes = recordHeaderSize + (payloads[index]?.length ?? 0);
      const at = offset + (where % sizeBytes);
      file[at] = (file[at] ?? 0) ^ flip;
      const { payloads: found, corrupt, goodBytes } = readSegment(file, number);
      expect(texts(found)).toEqual(texts(payloads.filter((_, i) => i !== index)));
      const isLast = index === payloads.length - 1;
      expect(corrupt).toEqual(isLast ? [] : [{ offset, sizeBytes }]);
      expect(goodBytes).toBe(isLast ? offset : file.length);
    }),
  ));

test('a copy of a record is none: in a payload, at another place, in another segment', () => {
  const payload = Buffer.from('the original');
  const record = Buffer.concat([recordHeader(payload, number, 8), payload]);
  const outer = segmentOf([record, Buffer.from('behind')]);
  outer[recordHeaderSize] = 0;
  expect(texts(readSegment(outer, number).payloads)).toEqual(['behind']);
  expect(readSegment(segmentOf([payload]), number + 1).payloads).toEqual([]);
});

test('16 MiB of what is hardest to search take no longer than a moment', () => {
  const mark = recordHeader(Buffer.from('x'), number, 0).subarray(0, 4);
  // Every four bytes begin a record, whose length leads far, but not too far.
  const lengths = Buffer.alloc(16 << 20, Buffer.concat([mark, Buffer.from([0, 0, 0x80, 0])]));
  for (const garbage of [Buffer.alloc(16 << 20, mark), lengths, Buffer.alloc(16 << 20)]) {
    const before = process.cpuUsage();
    expect(readSegment(garbage, number).payloads).toEqual([]);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6, 'seconds').toBeLessThan(4);
  }
});

test('segments of the first version are read, up to the first bad record', () => {
  const record = (text: string): Buffer => {
    const header = Buffer.alloc(8);
    header.writeUInt32LE(text.length, 0);
    header.writeUInt32LE(crc32(Buffer.from(text)), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const file = Buffer.concat([Buffer.from('SLSPOOL1'), record('a'), record('bc'), Buffer.alloc(20)]);
  const { payloads, corrupt, goodBytes } = readSegment(file, number);
  expect([texts(payloads), corrupt, goodBytes]).toEqual([['a', 'bc'], [], file.length - 20]);
});
