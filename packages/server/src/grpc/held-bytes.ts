import { GrpcError, grpcCode } from './status.ts';

/**
 * What all requests of a server may keep in memory together: a thousand slow uploads of 16 MiB each must not be
 * what ends it. Where too much is held already, the sender is told to try again.
 */
export class HeldBytes {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws GrpcError `unavailable`, and nothing has changed */
  add(bytes: number): void {
    if (bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      throw new GrpcError(grpcCode.unavailable, 'Too many requests are being received at once. Try again later.', {
        reason: 'too-many',
        retryDelaySeconds: 5,
      });
    }
    this.#bytes += bytes;
  }
}

/** One call's part of them. */
export class Hold {
  readonly #all: HeldBytes;
  #bytes = 0;

  constructor(all: HeldBytes) {
    this.#all = all;
  }

  /** @throws GrpcError `unavailable`, and nothing has changed */
  set(bytes: number): void {
    this.#all.add(bytes - this.#bytes);
    this.#bytes = bytes;
  }

  release(): void {
    this.set(0);
  }
}
