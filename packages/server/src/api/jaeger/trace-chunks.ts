/**
 * A trace in messages that clients take: gRPC's own limit is 4 MiB, and few raise it. Spans keep their resource and
 * scope, which are told again in each chunk.
 */
import { setImmediate } from 'node:timers/promises';
import type { ResourceSpans, TracesData } from '@sightline/wire';
import { joinPieces, type Piece, piecesOf } from './span-pieces.ts';

const spansPerChunk = 200;
const maxChunkBytes = 1024 * 1024;

/** What a chunk is before its bytes. Never empty. */
export type EncodeSpans = (resourceSpans: ResourceSpans[]) => Uint8Array;

/** The event loop gets a turn between chunks. Only a chunk with a single span may be larger than a MiB. */
export async function* traceChunks({ resourceSpans }: TracesData, encode: EncodeSpans): AsyncGenerator<Uint8Array> {
  const pieces = piecesOf(resourceSpans);
  for (let i = 0; i < pieces.length; i += spansPerChunk) {
    yield* fitting(pieces.slice(i, i + spansPerChunk), encode);
    await setImmediate();
  }
}

function* fitting(pieces: readonly Piece[], encode: EncodeSpans): Generator<Uint8Array> {
  const bytes = encode(joinPieces(pieces));
  if (bytes.length <= maxChunkBytes || pieces.length === 1) {
    yield bytes;
    return;
  }
  const middle = pieces.length >> 1;
  yield* fitting(pieces.slice(0, middle), encode);
  yield* fitting(pieces.slice(middle), encode);
}
