import type { Answer } from '../export/http-response.ts';
import type { Connection, ConnectionEvents } from '../export/protocol.ts';

/** What a way to the backend without HTTP/1.1 has in common with the others of its kind: its states. */
export abstract class FormatConnection implements Connection {
  isReady = false;
  wasReady = false;
  answers = 0;
  inFlight: readonly Uint8Array[] | undefined;
  readonly #events: ConnectionEvents;
  #closed = false;

  constructor(events: ConnectionEvents) {
    this.#events = events;
  }

  abstract readonly hasWritten: boolean;
  abstract readonly canFinishSync: boolean;
  abstract readonly canExchangeSync: boolean;
  abstract send(request: readonly Uint8Array[]): void;
  abstract finishSync(deadlineMs: number): Answer | undefined;
  abstract exchangeSync(request: readonly Uint8Array[], deadlineMs: number): Answer;

  /** Gives back what the system has given; called once. */
  protected abstract release(): void;

  destroy(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.isReady = false;
    this.release();
  }

  protected ready(): void {
    if (this.#closed) return;
    this.isReady = true;
    this.wasReady = true;
    this.#events.onReady();
  }

  protected answer(answer: Answer): void {
    if (this.#closed) return;
    this.inFlight = undefined;
    this.answers++;
    this.#events.onAnswer(answer);
  }

  protected close(error: Error): void {
    if (this.#closed) return;
    this.destroy();
    this.#events.onClose(error);
  }
}

/** For what answers nothing: that it was handed to the system. */
export function handedOver(): Answer {
  return { status: 200, headers: new Map(), body: Buffer.alloc(0), keepsAlive: true };
}
