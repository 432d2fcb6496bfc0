/** The encodings that gRPC messages come in, and go out in. */
import { promisify } from 'node:util';
import { deflate, gunzip, gzip, inflate } from 'node:zlib';
import { tooLarge } from './frames.ts';
import { GrpcError, grpcCode } from './status.ts';

/** For the header that tells clients. */
export const acceptedEncodings = 'identity,gzip,deflate';

export type Encoding = 'gzip' | 'deflate';

const decompressors = { gzip: promisify(gunzip), deflate: promisify(inflate) };
const compressors = { gzip: promisify(gzip), deflate: promisify(deflate) };

/** Each may grow to the largest message while it runs, and nothing counts it until it is done. */
const maxAtOnce = 4;

/** @returns undefined for what is not compressed. @throws GrpcError `unimplemented` */
export function encodingOf(header: string | undefined): Encoding | undefined {
  if (header === undefined || header === 'identity') return undefined;
  if (header === 'gzip' || header === 'deflate') return header;
  throw new GrpcError(
    grpcCode.unimplemented,
    `The encoding ${JSON.stringify(header)} is not known here: send gzip, deflate or identity.`,
    { reason: 'unsupported-type' },
  );
}

export function compress(message: Uint8Array, encoding: Encoding): Promise<Buffer> {
  return compressors[encoding](message);
}

export class Decompressor {
  readonly #maxBytes: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Stops as soon as the output passes the largest size, however little was sent. @throws GrpcError */
  async decompress(message: Buffer, encoding: Encoding | undefined): Promise<Buffer> {
    if (encoding === undefined) {
      throw undecodable('A message is marked as compressed, but there is no grpc-encoding that says how.');
    }
    if (this.#running === maxAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      // Fewer, larger pieces than zlib's own 16 KiB.
      const chunkSize = Math.min(this.#maxBytes, 128 * 1024);
      return await decompressors[encoding](message, { maxOutputLength: this.#maxBytes, chunkSize });
    } catch (error) {
      if (error instanceof RangeError) throw tooLarge(this.#maxBytes);
      throw undecodable(`A message is not ${encoding}: ${error instanceof Error ? error.message : String(error)}.`);
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

function undecodable(message: string): GrpcError {
  return new GrpcError(grpcCode.internal, message, { reason: 'undecodable' });
}
