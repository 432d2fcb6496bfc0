/**
 * Standard output, by its file descriptor: what goes wrong there (nobody reads any more) is ours to bear, while an
 * error of `process.stdout` would end the program. Never waits for a reader that is slow, but at exit.
 */
import { builtin } from '../builtin.ts';
import type { Answer } from '../export/http-response.ts';
import type { Outcome } from '../export/outcome.ts';
import type { ConnectionEvents } from '../export/protocol.ts';
import { writeAllSync } from '../export/sync-exchange.ts';
import type { guard } from '../guard.ts';
import { isMainThread } from '../thread.ts';
import { FormatConnection, handedOver } from './format-connection.ts';

// Taken at start: a program may replace it with a file system in memory.
const { writeSync } = builtin<typeof import('node:fs')>('node:fs');

const stdoutFd = 1;
const napMs = 10;

export class ConsoleConnection extends FormatConnection {
  readonly hasWritten = true; // text is made for the connection alone
  readonly canFinishSync = true;
  readonly canExchangeSync = true;
  readonly #onTimer: () => void;
  readonly #start: NodeJS.Immediate;
  #unwritten: readonly Uint8Array[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(events: ConnectionEvents, guarded: typeof guard) {
    super(events);
    this.#onTimer = guarded('export.console', () => this.#write());
    const onReady = guarded('export.ready', () => this.ready());
    this.#start = setImmediate(onReady); // one turn of the event loop: nothing that keeps a process alive
  }

  /** @param request in pieces of whole lines, so small that the system does not part them */
  send(request: readonly Uint8Array[]): void {
    this.inFlight = request;
    this.#unwritten = request;
    this.#write();
  }

  #write(): void {
    try {
      if (this.#writeSome()) this.answer(handedOver());
      else this.#timer = setTimeout(this.#onTimer, napMs).unref();
    } catch (error) {
      this.answer(failed(error as Error));
    }
  }

  /** @returns whether that was all */
  #writeSome(): boolean {
    let [piece, ...rest] = this.#unwritten;
    while (piece !== undefined) {
      const written = hasProgramUnwritten() ? 0 : tryToWrite(piece);
      if (written < piece.length) {
        this.#unwritten = [piece.subarray(written), ...rest];
        return false;
      }
      [piece, ...rest] = rest;
    }
    return true;
  }

  finishSync(deadlineMs: number): Answer | undefined {
    return this.inFlight === undefined ? undefined : this.#finish(this.#unwritten, deadlineMs);
  }

  exchangeSync(request: readonly Uint8Array[], deadlineMs: number): Answer {
    return this.#finish(request, deadlineMs);
  }

  #finish(pieces: readonly Uint8Array[], deadlineMs: number): Answer {
    for (const piece of pieces) writeAllSync(stdoutFd, piece, deadlineMs);
    return handedOver();
  }

  protected release(): void {
    clearImmediate(this.#start);
    clearTimeout(this.#timer);
  }
}

/** Half a line of the program's may wait for its reader: ours must not come in between. Also makes a pipe one that never blocks. */
function hasProgramUnwritten(): boolean {
  return isMainThread && process.stdout.writableLength > 0;
}

/** @returns how many bytes; 0 where the reader is slow */
function tryToWrite(piece: Uint8Array): number {
  try {
    return writeSync(stdoutFd, piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
}

function failed(error: Error): Answer {
  return { ...handedOver(), status: 500, body: Buffer.from(error.message) };
}

export function readConsoleOutcome({ status, body }: Answer): Outcome {
  if (status === 200) return { kind: 'accepted', rejectedSpans: 0, message: '' };
  return { kind: 'refused', message: body.toString() };
}
