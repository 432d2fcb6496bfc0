/**
 * The memory that spans are encoded into, in pieces that go round: to the encoder, with a batch to the connection,
 * and back when the backend has answered. Fresh memory costs the system's page faults each time, half of what
 * encoding costs, and leaves the allocator with holes that look like a leak: 30 MB at 50,000 spans a second.
 */
import type { Batch } from './batch.ts';

export const chunkBytes = 65_536;

/** A batch that is on its way and the next one, at the rate where batches are full. */
const maxKept = 12;

const kept: Buffer[] = [];
/** Whatever else has that size belongs to somebody else. */
const isChunk: unique symbol = Symbol('sightline.chunk');

type ChunkMemory = ArrayBufferLike & { [isChunk]?: true };

export function takeChunk(): Buffer {
  return kept.pop() ?? newChunk();
}

function newChunk(): Buffer {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  (chunk.buffer as ChunkMemory)[isChunk] = true;
  return chunk;
}

/** @param batch of which nothing will be read any more, neither by us nor by the system */
export function giveBack({ parts }: Batch): void {
  for (const { buffer } of parts) {
    if ((buffer as ChunkMemory)[isChunk] && kept.length < maxKept) kept.push(Buffer.from(buffer as ArrayBuffer));
  }
}
