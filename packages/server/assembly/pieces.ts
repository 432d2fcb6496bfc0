/** Where in memory some bytes stand that are one after the other: [ start, size ] (u32 each), as TypeScript reads them. */
import { Table } from './table';

export const pieces: Table = new Table(1024);
let count: u32 = 0;

/** Of all chunks of a batch. */
let chunkCount: u32 = 0;

export function countChunk(): void {
  chunkCount++;
}

/** From here on, listing takes no memory: a column has at most all chunks, those of one dictionary twice, and four pieces of headers. */
export function reservePieces(): void {
  pieces.reserve(((chunkCount * 2 + 16) << 3) as usize);
  chunkCount = 0;
}

export function clearPieces(): void {
  count = 0;
}

export function pieceCount(): u32 {
  return count;
}

export function addPiece(start: usize, size: usize): void {
  if (size === 0) return;
  const offset = (count++ as usize) << 3;
  pieces.reserve(offset + 8);
  store<u32>(pieces.at + offset, start as u32);
  store<u32>(pieces.at + offset, size as u32, 4);
}
