/** Files of OTLP's protobuf: one `TracesData`, as a request's body is, or many with their length before each. */
import { DecodeError, readTraces, type ScopeSpans, type TracesData, writeTraces } from '@sightline/wire';
import type { ByteSource } from './byte-source.ts';
import type { Framing } from './file-format.ts';
import type { Piece } from './piece.ts';

/** What is larger is divided. A receiver takes 16 MB at once. */
const maxPieceBytes = 4 * 1024 * 1024;
const maxMessageBytes = 64 * 1024 * 1024;
const spansPerPart = 1_000;

export async function* protobufPieces(source: ByteSource, framing: Framing): AsyncGenerator<Piece> {
  const { translateOtlpProtobuf } = await import('@sightline/server/translate/otlp');
  for (let byteOffset = 0; ; ) {
    const frame = await nextFrame(source, framing);
    if (!frame) return;
    if (frame.problem !== undefined) {
      yield { byteOffset, problem: frame.problem };
      return;
    }
    try {
      for (const part of divided(frame.message)) yield { byteOffset, ...translateOtlpProtobuf(part) };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      yield { byteOffset, problem: `${error.path || 'message'}: ${error.problem}` };
    }
    byteOffset += frame.sizeBytes;
  }
}

type Frame = { message: Uint8Array; sizeBytes: number; problem?: undefined } | { problem: string };

/** @returns undefined at the end of the file */
async function nextFrame(source: ByteSource, framing: Framing): Promise<Frame | undefined> {
  const head = await source.head(6);
  if (head.length === 0) return undefined;
  const length = framing === 'fixed' ? fixedLength(head) : varintLength(head, framing === 'none' ? 1 : 0);
  if (!length || (framing === 'none' && head[0] !== 0x0a))
    return { problem: 'neither a span nor a length begins here' };
  const { headerBytes, messageBytes } = length;
  if (messageBytes > maxMessageBytes) {
    return { problem: `a message of ${messageBytes} bytes, where ${maxMessageBytes} are the most` };
  }
  const sizeBytes = headerBytes + messageBytes;
  const frame = await source.take(sizeBytes);
  if (frame.length < sizeBytes) return { problem: 'the file ends in the middle of a message' };
  // Without framing, the field of `TracesData` with its tag and length is a `TracesData` of its own.
  return { message: framing === 'none' ? frame : frame.subarray(headerBytes), sizeBytes };
}

interface Length {
  headerBytes: number;
  messageBytes: number;
}

function fixedLength(head: Uint8Array): Length | undefined {
  if (head.length < 4) return undefined;
  return { headerBytes: 4, messageBytes: new DataView(head.buffer, head.byteOffset).getUint32(0) };
}

/** @param start where it stands */
function varintLength(head: Uint8Array, start: number): Length | undefined {
  let messageBytes = 0;
  for (let at = start; at < Math.min(head.length, start + 5); at++) {
    const byte = head[at] as number;
    messageBytes += (byte & 0x7f) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { headerBytes: at + 1, messageBytes };
  }
  return undefined;
}

function* divided(message: Uint8Array): Generator<Uint8Array> {
  if (message.length <= maxPieceBytes) yield message;
  else for (const traces of parts(readTraces(message))) yield writeTraces(traces);
}

function* parts({ resourceSpans }: TracesData): Generator<TracesData> {
  for (const ofResource of resourceSpans) {
    for (const ofScope of ofResource.scopeSpans) {
      for (const scopeSpans of slices(ofScope)) yield { resourceSpans: [{ ...ofResource, scopeSpans: [scopeSpans] }] };
    }
  }
}

function* slices(scopeSpans: ScopeSpans): Generator<ScopeSpans> {
  const { spans } = scopeSpans;
  for (let at = 0; at < spans.length; at += spansPerPart) {
    yield { ...scopeSpans, spans: spans.slice(at, at + spansPerPart) };
  }
}
