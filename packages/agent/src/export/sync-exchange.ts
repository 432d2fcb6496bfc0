/**
 * Bytes out and in without an event loop, through the file descriptor of a connected socket.
 * Sockets do not block here, so where the system's buffers are full or empty it naps and tries again.
 */
import { builtin } from '../builtin.ts';
import type { Answer, ResponseReader } from './http-response.ts';

// Taken at start: a program may replace them with a file system in memory.
const { readSync, writeSync } = builtin<typeof import('node:fs')>('node:fs');

const chunkBytes = 16_384;
const napMs = 0.2;
const napCell = new Int32Array(new SharedArrayBuffer(4));

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor() {
    super('the backend did not answer in time');
  }
}

/** By its name: exporters.cjs has a class of its own. */
export function isDeadline(error: unknown): boolean {
  return error instanceof Error && error.name === 'DeadlineError';
}

/** @throws where the connection is broken, or, by {@link isDeadline}, at `deadlineMs` of `performance.now()` */
export function writeAllSync(fd: number, bytes: Uint8Array, deadlineMs: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += retrying(() => writeSync(fd, bytes, written), deadlineMs);
  }
}

/** @throws where the connection ends before the answer does, or like {@link writeAllSync} */
export function readAnswerSync(fd: number, reader: ResponseReader, deadlineMs: number): Answer {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  for (;;) {
    const count = retrying(() => readSync(fd, chunk, 0, chunk.length, null), deadlineMs);
    const answer = count === 0 ? reader.end() : reader.read(Buffer.from(chunk.subarray(0, count)));
    if (answer !== undefined) return answer;
    if (count === 0) throw new Error('the backend closed the connection');
  }
}

/** Waits until something has come. @throws like {@link readAnswerSync} */
export function readSomeSync(fd: number, deadlineMs: number): Buffer {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes);
  const count = retrying(() => readSync(fd, chunk, 0, chunk.length, null), deadlineMs);
  if (count === 0) throw new Error('the backend closed the connection');
  return chunk.subarray(0, count);
}

function retrying(transfer: () => number, deadlineMs: number): number {
  for (;;) {
    try {
      return transfer();
    } catch (error) {
      if (!isNotNow(error)) throw error;
    }
    if (performance.now() >= deadlineMs) throw new DeadlineError();
    Atomics.wait(napCell, 0, 0, napMs);
  }
}

/** ENOTCONN: still connecting, on macOS; Linux says EAGAIN then, too. */
function isNotNow(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR' || code === 'ENOTCONN';
}
