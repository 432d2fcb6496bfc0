/**
 * The bytes of a spool segment; `docs/formats/spool.md` draws them.
 *
 *   segment = magic "SLSPOOL2" · record · record …
 *   record  = F5 "SLR" · u32 length, not 0 · u32 CRC-32 of the payload · u32 CRC-32 of the place · payload
 *   place   = u64 segment number · u64 offset of the record in its file · length · CRC-32 of the payload
 *
 * A record can be found again behind bytes that have gone bad: by its mark, which no UTF-8 text contains, and by
 * the CRC of its place. The place is in it because a file system may show old blocks after a power cut, and a
 * payload may contain a copy of a record: neither is a record here.
 */
import { crc32 } from './crc32.ts';
import { readFirstVersion } from './segment-format-1.ts';

export const segmentMagic: Buffer = Buffer.from('SLSPOOL2');
export const recordHeaderSize = 16;
const recordMark = Buffer.from([0xf5, 0x53, 0x4c, 0x52]);

/** @param offset of the record in its segment */
export function recordHeader(payload: Uint8Array, segment: number, offset: number): Buffer {
  const header = Buffer.allocUnsafe(recordHeaderSize);
  header.set(recordMark);
  header.writeUInt32LE(payload.length, 4);
  header.writeUInt32LE(crc32(payload), 8);
  header.writeUInt32LE(placeCrc(header, segment, offset), 12);
  return header;
}

function placeCrc(header: Buffer, segment: number, offset: number): number {
  const place = Buffer.allocUnsafe(24);
  place.writeBigUInt64LE(BigInt(segment), 0);
  place.writeBigUInt64LE(BigInt(offset), 8);
  header.copy(place, 16, 4, 12);
  return crc32(place);
}

export interface Stretch {
  offset: number;
  sizeBytes: number;
}

export interface SegmentContent {
  payloads: Uint8Array[];
  /** What is no record, though whole records come behind it. */
  corrupt: Stretch[];
  /** Where the last whole record ends: what is behind was being written, unless somebody knows better. 0 where nothing is right. */
  goodBytes: number;
}

/** Takes time in proportion to the bytes, whatever they are. @param segment its number, from its name */
export function readSegment(bytes: Buffer, segment: number): SegmentContent {
  const first = readFirstVersion(bytes);
  if (first) return { ...first, corrupt: [] };
  const hasMagic = bytes.subarray(0, segmentMagic.length).equals(segmentMagic);
  return readRecords(bytes, segment, hasMagic ? segmentMagic.length : 0);
}

function readRecords(bytes: Buffer, segment: number, goodBytes: number): SegmentContent {
  const content: SegmentContent = { payloads: [], corrupt: [], goodBytes };
  for (;;) {
    const at = findRecord(bytes, segment, content.goodBytes);
    if (at < 0) return content;
    const skipped = at - content.goodBytes;
    if (skipped > 0) content.corrupt.push({ offset: content.goodBytes, sizeBytes: skipped });
    const payload = payloadOf(bytes, at);
    content.payloads.push(payload);
    content.goodBytes = at + recordHeaderSize + payload.length;
  }
}

function findRecord(bytes: Buffer, segment: number, from: number): number {
  let at = bytes.indexOf(recordMark, from);
  while (at >= 0 && !isRecordAt(bytes, segment, at)) at = bytes.indexOf(recordMark, at + 1);
  return at;
}

function isRecordAt(bytes: Buffer, segment: number, at: number): boolean {
  if (at + recordHeaderSize > bytes.length) return false;
  const length = bytes.readUInt32LE(at + 4);
  if (length === 0 || at + recordHeaderSize + length > bytes.length) return false;
  const header = bytes.subarray(at, at + recordHeaderSize);
  if (placeCrc(header, segment, at) !== header.readUInt32LE(12)) return false;
  return crc32(payloadOf(bytes, at)) === header.readUInt32LE(8);
}

function payloadOf(bytes: Buffer, at: number): Uint8Array {
  const start = at + recordHeaderSize;
  return bytes.subarray(start, start + bytes.readUInt32LE(at + 4));
}
