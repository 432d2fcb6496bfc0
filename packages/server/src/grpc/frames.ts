/**
 * How gRPC puts messages into the body of a request or a response, one after the other:
 *
 *   compressed? (1 byte: 0 or 1) · length (4 bytes, big-endian) · message
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { GrpcError, grpcCode } from './status.ts';

const headerSize = 5;

/**
 * What a chunk costs besides its bytes. Without it, a message that comes in frames of one byte would take two
 * hundred times the memory that is counted.
 */
const chunkOverheadBytes = 256;

export interface Frame {
  isCompressed: boolean;
  message: Buffer;
}

export class FrameReader {
  readonly #maxMessageBytes: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #header: { isCompressed: boolean; length: number } | undefined;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** What is in memory here. */
  get heldBytes(): number {
    return this.#size + this.#chunks.length * chunkOverheadBytes;
  }

  /** True between two messages: here a body may end. */
  get isEmpty(): boolean {
    return this.#size === 0 && this.#header === undefined;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** The next message that is there whole. @throws GrpcError as soon as its length says that it may not be */
  next(): Frame | undefined {
    if (!this.#header) {
      if (this.#size < headerSize) return undefined;
      this.#header = this.#readHeader(this.#take(headerSize));
    }
    const { isCompressed, length } = this.#header;
    if (this.#size < length) return undefined;
    this.#header = undefined;
    return { isCompressed, message: this.#take(length) };
  }

  #readHeader(bytes: Buffer): { isCompressed: boolean; length: number } {
    const flag = bytes.readUInt8(0);
    if (flag > 1) {
      throw new GrpcError(grpcCode.internal, `A message begins with the byte ${flag}, where 0 or 1 belongs.`, {
        reason: 'undecodable',
      });
    }
    const length = bytes.readUInt32BE(1);
    if (length > this.#maxMessageBytes) throw tooLarge(this.#maxMessageBytes);
    return { isCompressed: flag === 1, length };
  }

  /** Copies once, and only where the bytes are in several chunks. */
  #take(length: number): Buffer {
    const [first] = this.#chunks;
    const bytes = first && first.length >= length ? first : Buffer.concat(this.#chunks);
    if (bytes !== first) this.#chunks = [bytes];
    this.#size -= length;
    if (bytes.length === length) this.#chunks.shift();
    else this.#chunks[0] = bytes.subarray(length);
    return bytes.subarray(0, length);
  }
}

export function tooLarge(maxBytes: number): GrpcError {
  return new GrpcError(
    grpcCode.resourceExhausted,
    `The message is larger than ${maxBytes} bytes. Send fewer spans at once.`,
    { reason: 'too-large' },
  );
}

export function frameHeader(isCompressed: boolean, length: number): Buffer {
  const header = Buffer.alloc(headerSize);
  header.writeUInt8(isCompressed ? 1 : 0, 0);
  header.writeUInt32BE(length, 1);
  return header;
}
