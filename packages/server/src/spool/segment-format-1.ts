/**
 * Segments as they were written before there was a release, read so that an update loses nothing:
 *
 *   segment = magic "SLSPOOL1" · record · record …
 *   record  = u32 payload length, not 0 · u32 CRC-32 of the payload · payload
 *
 * Nothing shows where a record begins, so what comes behind the first bad one is out of reach.
 */
import { crc32 } from './crc32.ts';

const magic = Buffer.from('SLSPOOL1');
const headerSize = 8;

/** @returns undefined where the segment is of another version */
export function readFirstVersion(bytes: Buffer): { payloads: Uint8Array[]; goodBytes: number } | undefined {
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const payloads: Uint8Array[] = [];
  let goodBytes = magic.length;
  for (;;) {
    const payload = payloadAt(bytes, goodBytes);
    if (!payload) return { payloads, goodBytes };
    payloads.push(payload);
    goodBytes += headerSize + payload.length;
  }
}

/** Zeros, as a file system may leave them at the end after a power cut, must not pass for an empty record. */
function payloadAt(bytes: Buffer, at: number): Uint8Array | undefined {
  if (at + headerSize > bytes.length) return undefined;
  const start = at + headerSize;
  const end = start + bytes.readUInt32LE(at);
  if (end === start || end > bytes.length) return undefined;
  const payload = bytes.subarray(start, end);
  return crc32(payload) === bytes.readUInt32LE(at + 4) ? payload : undefined;
}
