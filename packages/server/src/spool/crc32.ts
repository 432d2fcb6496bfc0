/** CRC-32 (IEEE 802.3, as in gzip): zlib's own where Node has it (20.15 and later), else one table and a loop. */
import zlib from 'node:zlib';

const table = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  table[byte] = crc >>> 0;
}

export function crc32Portable(bytes: Uint8Array): number {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}

export const crc32: (bytes: Uint8Array) => number = zlib.crc32 ?? crc32Portable;
