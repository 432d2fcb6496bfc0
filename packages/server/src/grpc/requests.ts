import type { ServerHttp2Stream } from 'node:http2';
import type { Decompressor, Encoding } from './compression.ts';
import { FrameReader } from './frames.ts';
import type { Hold } from './held-bytes.ts';
import { GrpcError, grpcCode } from './status.ts';

export interface RequestOptions {
  encoding: Encoding | undefined;
  maxMessageBytes: number;
  decompressor: Decompressor;
  /** Counts what has arrived and was not taken yet, and the message that the caller has. */
  hold: Hold;
}

/**
 * The messages of a call's request, decompressed, read no faster than they are taken. Leaving it early leaves the
 * stream open, for the answer.
 * @throws GrpcError; what the stream throws where the client has left
 */
export async function* requestsOf(stream: ServerHttp2Stream, options: RequestOptions): AsyncGenerator<Buffer> {
  const { hold } = options;
  const frames = new FrameReader(options.maxMessageBytes);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    frames.push(chunk);
    hold.set(frames.heldBytes);
    for (let frame = frames.next(); frame; frame = frames.next()) {
      const message = frame.isCompressed
        ? await options.decompressor.decompress(frame.message, options.encoding)
        : frame.message;
      hold.set(frames.heldBytes + message.length);
      yield message;
    }
    hold.set(frames.heldBytes);
  }
  if (stream.aborted) throw clientLeft();
  if (!frames.isEmpty) {
    throw new GrpcError(grpcCode.internal, 'The request ends inside a message.', { reason: 'undecodable' });
  }
}

/**
 * The one message of a call that takes one, held until the hold is released.
 * @throws GrpcError, also where it is none, or not alone, or the client leaves before it is whole
 */
export async function onlyRequestOf(stream: ServerHttp2Stream, options: RequestOptions): Promise<Buffer> {
  const requests: Buffer[] = [];
  try {
    for await (const message of requestsOf(stream, options)) {
      if (requests.push(message) > 1) throw cardinality('more than one came');
    }
  } catch (error) {
    throw stream.aborted ? clientLeft('aborted') : error;
  }
  const [only] = requests;
  if (!only) throw cardinality('none came');
  options.hold.set(only.length);
  return only;
}

/** A call that was to last leaves nothing undone when it ends so; a request that is cut off is one that is refused. */
export function clientLeft(reason?: 'aborted'): GrpcError {
  return new GrpcError(grpcCode.cancelled, 'The client has left.', reason && { reason });
}

function cardinality(what: string): GrpcError {
  return new GrpcError(grpcCode.unimplemented, `The method takes one message; ${what}.`, { reason: 'undecodable' });
}
