/**
 * Request bodies, in memory all at once because they are decoded all at once, so what they may take together is
 * bounded: a thousand slow uploads of 16 MiB each must not be what ends the server. Where too much is under way
 * already, the sender is told to try again, which every OTLP exporter does.
 */
import type { IncomingMessage } from 'node:http';

export class BodyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`The body is larger than ${maxBytes} bytes. Send fewer spans at once.`);
    this.name = 'BodyTooLarge';
  }
}

export class TooManyBodies extends Error {
  constructor() {
    super('Too many requests are being received at once. Try again later.');
    this.name = 'TooManyBodies';
  }
}

/** The sender hung up. */
export class BodyAborted extends Error {
  constructor() {
    super('The connection was closed before the body had arrived.');
    this.name = 'BodyAborted';
  }
}

export interface BodyLimits {
  /** Of one body. */
  maxBytes: number;
  /** Of all bodies that are being received. */
  maxTotalBytes: number;
}

export class BodyReader {
  readonly #limits: BodyLimits;
  #totalBytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  /** @throws BodyTooLarge, TooManyBodies, BodyAborted */
  read(message: IncomingMessage): Promise<Buffer> {
    const { maxBytes, maxTotalBytes } = this.#limits;
    return new Promise((resolve, reject) => {
      if (Number(message.headers['content-length'] ?? 0) > maxBytes) {
        reject(new BodyTooLarge(maxBytes));
        return;
      }
      const chunks: Buffer[] = [];
      let bytes = 0;
      const settle = (error?: Error): void => {
        this.#totalBytes -= bytes;
        message.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
        if (error) reject(error);
        else resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
      };
      const onData = (chunk: Buffer): void => {
        bytes += chunk.length;
        this.#totalBytes += chunk.length;
        if (bytes > maxBytes) settle(new BodyTooLarge(maxBytes));
        else if (this.#totalBytes > maxTotalBytes) settle(new TooManyBodies());
        else chunks.push(chunk);
      };
      const onEnd = (): void => settle();
      const onClose = (): void => settle(new BodyAborted());
      message.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
    });
  }
}
