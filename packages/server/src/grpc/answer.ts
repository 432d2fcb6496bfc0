import { constants, type ServerHttp2Stream } from 'node:http2';
import { acceptedEncodings, compress, type Encoding } from './compression.ts';
import { frameHeader } from './frames.ts';
import { type GrpcError, statusHeaders } from './status.ts';

const headers = {
  ':status': 200,
  'content-type': 'application/grpc',
  'grpc-accept-encoding': acceptedEncodings,
};

/** Below, compression costs more than it saves. */
const minCompressedBytes = 1024;

/** The response of one call: headers, any number of messages, trailers. Once the client has left, it does nothing. */
export class Answer {
  readonly #stream: ServerHttp2Stream;
  readonly #encoding: Encoding | undefined;
  #isEnded = false;
  #error: GrpcError | undefined;

  /** @param encoding of the request: what the client sends, it can read */
  constructor(stream: ServerHttp2Stream, encoding: Encoding | undefined) {
    this.#stream = stream;
    this.#encoding = encoding;
  }

  /** Resolves once there is room for more. */
  async send(message: Uint8Array): Promise<void> {
    const encoding = message.length >= minCompressedBytes ? this.#encoding : undefined;
    const bytes = encoding ? await compress(message, encoding) : message;
    if (this.#isEnded || this.#stream.destroyed || this.#stream.closed) return;
    this.#begin();
    // In one piece: Node takes a write for done at its empty last chunk, and lets go of the header, before anything is
    // sent. Memory that is collected in between goes to the client as it then is.
    const frame = Buffer.concat([frameHeader(encoding !== undefined, bytes.length), bytes]);
    const hasRoom = this.#stream.write(frame);
    if (!hasRoom) await roomIn(this.#stream);
  }

  /** The first end is the one that counts. */
  end(error?: GrpcError): void {
    const stream = this.#stream;
    if (this.#isEnded || stream.destroyed || stream.closed) return;
    this.#isEnded = true;
    this.#error = error;
    if (stream.headersSent) {
      stream.end();
      return;
    }
    stream.respond({ ...headers, ...statusHeaders(error) }, { endStream: true });
    // What is left of the request would be read by nobody, and the stream stay open for it.
    if (!stream.readableEnded) stream.close(constants.NGHTTP2_NO_ERROR);
  }

  #begin(): void {
    const stream = this.#stream;
    if (stream.headersSent) return;
    stream.respond(this.#encoding ? { ...headers, 'grpc-encoding': this.#encoding } : headers, {
      waitForTrailers: true,
    });
    stream.once('wantTrailers', () => stream.sendTrailers(statusHeaders(this.#error)));
  }
}

function roomIn(stream: ServerHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
  });
}
