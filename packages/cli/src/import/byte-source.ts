/** The bytes of a file or of standard input, unzipped where they are gzip: read ahead a little, or piece by piece. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable, Transform, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';

const chunkBytes = 1024 * 1024;

export interface OpenedFile {
  source: ByteSource;
  /** Undefined where nobody knows: of a pipe. */
  sizeBytes: number | undefined;
  /** To be called also where not all has been read. */
  close(): void;
}

/**
 * @param file `-` is standard input
 * @param onRead hears how many bytes of the file have been read, before they are unzipped
 */
export async function openFile(
  file: string,
  onRead: (byteCount: number) => void,
  signal: AbortSignal,
): Promise<OpenedFile> {
  const stats = file === '-' ? undefined : await stat(file);
  if (stats?.isDirectory()) throw new Error('it is a directory: name the files in it');
  const stream = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkBytes });
  const counted = new Transform({
    highWaterMark: chunkBytes,
    transform: (chunk: Buffer, _: BufferEncoding, done: TransformCallback) => {
      onRead(chunk.length);
      done(null, chunk);
    },
  });
  addAbortSignal(signal, counted);
  stream.on('error', (error: Error) => counted.destroy(error));
  const source = new ByteSource(stream.pipe(counted));
  const [first, second] = await source.head(2);
  return {
    source: first === 0x1f && second === 0x8b ? new ByteSource(unzipped(source)) : source,
    sizeBytes: stats?.isFile() ? stats.size : undefined,
    close: () => stream.destroy(),
  };
}

function unzipped(source: ByteSource): Readable {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  void feed(source, gunzip);
  return gunzip;
}

async function feed(source: ByteSource, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for (let chunk = await source.next(); chunk; chunk = await source.next()) {
      if (!gunzip.write(chunk)) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve));
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
}

export class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #ahead: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** What is to come: at least so many bytes, unless there are no more. Nothing is consumed. */
  async head(byteCount: number): Promise<Uint8Array> {
    const chunks = [this.#ahead];
    for (let length = this.#ahead.length; length < byteCount; ) {
      const { value, done } = await this.#chunks.next();
      if (done) break;
      chunks.push(value);
      length += value.length;
    }
    if (chunks.length > 1) this.#ahead = Buffer.concat(chunks);
    return this.#ahead;
  }

  /** @returns undefined at the end */
  async next(): Promise<Uint8Array | undefined> {
    const ahead = this.#ahead;
    this.#ahead = Buffer.alloc(0);
    if (ahead.length > 0) return ahead;
    const { value, done } = await this.#chunks.next();
    return done ? undefined : value;
  }

  /** Exactly so many bytes, or what is left of them. */
  async take(byteCount: number): Promise<Uint8Array> {
    const head = await this.head(byteCount);
    this.#ahead = this.#ahead.subarray(byteCount);
    return head.subarray(0, byteCount);
  }
}
