import type { Socket } from 'node:net';

/** Node's own object below a socket. Not documented, and every use copes without it. */
export interface Handle {
  readonly fd?: number;
  readonly writeQueueSize?: number;
  /** Of TLS: the plain socket's. */
  readonly _parent?: Handle;
}

export function handleOf(socket: Socket): Handle | null | undefined {
  return (socket as Socket & { _handle?: Handle | null })._handle;
}
