/**
 * The bytes of a spool segment; `docs/formats/spool.md` draws them.
 *
 *   segment = magic "SLSPOOL1" · record · record …
 *   record  = u32 payload length, not 0 · u32 CRC-32 of the payload · payload
 */
import { crc32 } from './crc32.ts';

export const segmentMagic: Buffer = Buffer.from('SLSPOOL1');
export const recordHeaderSize = 8;

export function recordHeader(payload: Uint8Array): Buffer {
  const header = Buffer.allocUnsafe(recordHeaderSize);
  header.writeUInt32LE(payload.length, 0);
  header.writeUInt32LE(crc32(payload), 4);
  return header;
}

export interface SegmentContent {
  payloads: Uint8Array[];
  /** Up to here, every record is whole and its checksum right. */
  goodBytes: number;
}

/** Reads as far as the bytes are good: behind the first bad record nothing was ever acknowledged. */
export function readSegment(bytes: Buffer): SegmentContent {
  const payloads: Uint8Array[] = [];
  if (!bytes.subarray(0, segmentMagic.length).equals(segmentMagic)) return { payloads, goodBytes: 0 };
  let goodBytes = segmentMagic.length;
  for (;;) {
    const payload = payloadAt(bytes, goodBytes);
    if (!payload) return { payloads, goodBytes };
    payloads.push(payload);
    goodBytes += recordHeaderSize + payload.length;
  }
}

/** Zeros, as a file system may leave them at the end after a power cut, must not pass for an empty record. */
function payloadAt(bytes: Buffer, at: number): Uint8Array | undefined {
  if (at + recordHeaderSize > bytes.length) return undefined;
  const start = at + recordHeaderSize;
  const end = start + bytes.readUInt32LE(at);
  if (end === start || end > bytes.length) return undefined;
  const payload = bytes.subarray(start, end);
  return crc32(payload) === bytes.readUInt32LE(at + 4) ? payload : undefined;
}
