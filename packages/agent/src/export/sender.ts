/**
 * Brings batches to the backend, one request at a time over one connection, and keeps them while
 * the backend is away. Keeps no process alive: socket and timers are unref'd.
 *
 *            push            connection ready           answer
 *     queue ──────▶ waiting ─────────────────▶ in flight ──────▶ gone
 *                      ▲                           │
 *                      └──── after a pause ◀───────┘ no answer, or "later"
 */
import { counters, countRequest } from '../counters.ts';
import { guard } from '../guard.ts';
import { describe, log } from '../log.ts';
import type { Batch } from './batch.ts';
import { BatchQueue, type QueueLimits, type RequestLimits } from './batch-queue.ts';
import { encodeBody } from './body.ts';
import { giveBack } from './chunk-pool.ts';
import type { Answer } from './http-response.ts';
import type { Outcome } from './outcome.ts';
import type { Connection, Protocol } from './protocol.ts';
import { totalBytes } from './target.ts';

export interface SenderOptions {
  readonly protocol: Protocol;
  /** Where the spans go, for logs. */
  readonly destination: string;
  readonly gzip: boolean;
  readonly timeoutMs: number;
  readonly queue: QueueLimits;
  readonly request: RequestLimits;
  /** Where it has become free for the next batch. */
  readonly onFree: () => void;
  /** Runs what opens sockets and timers outside of the program's contexts. */
  readonly runOutside: (fn: () => void) => void;
}

const firstPauseMs = 250;
/** Short, since a refused connection costs nothing, and who starts the backend wants to see spans. */
const longestPauseMs = 2_000;

export class Sender {
  readonly queue: BatchQueue;
  readonly #options: SenderOptions;
  #connection: Connection | undefined;
  #timeout: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #failures = 0;
  /** While a request is being made, which gzip does elsewhere. */
  #preparing = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.queue = new BatchQueue(options.queue);
  }

  /** Whether a batch that is pushed now would be sent at once. */
  get isFree(): boolean {
    return !this.isPaused && !this.#preparing && !this.queue.hasWaiting && !this.#isBusy;
  }

  /** Whether everything that was pushed has arrived, or been given up. */
  get isIdle(): boolean {
    return this.queue.isEmpty;
  }

  get #isBusy(): boolean {
    return this.#connection?.inFlight !== undefined;
  }

  push(batch: Batch): void {
    this.queue.push(batch);
    this.#pump();
  }

  /** For who flushes right after: begins nothing that only an event loop could finish, or it would be sent twice. */
  pushAtExit(batch: Batch): void {
    this.queue.push(batch);
    if (this.#connection?.canFinishSync) this.#pump();
  }

  /** Opens the connection ahead of need. A backend that is away is left alone for the pause. */
  prepare(): void {
    if (this.#connection === undefined && !this.isPaused) this.#options.runOutside(() => this.#connect());
  }

  /** Whether the backend could not be reached a moment ago. */
  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  /** Hands the connection over to who finishes without an event loop; see exit-flush.ts. */
  detach(): Connection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    clearTimeout(this.#timeout);
    return connection;
  }

  #pump(): void {
    if (this.isPaused || this.#preparing || this.#isBusy || !this.queue.hasWaiting) return;
    if (this.#connection?.isReady) this.#sendNext(this.#connection);
    else this.prepare();
  }

  #sendNext(connection: Connection): void {
    const batch = this.queue.takeRequest(this.#options.request);
    if (batch === undefined) return;
    const body = this.#translate(batch);
    if (body === undefined) this.#continue();
    else this.#encode(connection, body);
  }

  #encode(connection: Connection, body: readonly Uint8Array[]): void {
    this.#preparing = true;
    encodeBody(body, this.#options.gzip, (encoded) => this.#send(connection, encoded));
  }

  #translate(batch: Batch): readonly Uint8Array[] | undefined {
    try {
      return this.translate(batch);
    } catch (error) {
      this.settleAnswered({ kind: 'refused', message: `they cannot be translated (${describe(error)})` });
      return undefined;
    }
  }

  /** Of what is in flight. */
  translate({ parts }: Batch): readonly Uint8Array[] {
    const { body, omittedSpans } = this.#options.protocol.translate(parts);
    this.queue.omit(omittedSpans);
    if (omittedSpans > 0) log('warn', `${omittedSpans} spans are too large for the format`);
    return body;
  }

  #send(connection: Connection, body: readonly Uint8Array[]): void {
    this.#preparing = false;
    if (connection === this.#connection) {
      this.#startTimeout();
      countRequest(totalBytes(body));
      connection.send(this.#options.protocol.createRequest(body));
    } else this.#pump(); // it closed meanwhile, and the batch waits again
  }

  #connect(): void {
    this.#startTimeout();
    const connection: Connection = this.#options.protocol.connect({
      onReady: () => {
        clearTimeout(this.#timeout);
        this.#pump();
      },
      onAnswer: (answer) => this.#onAnswer(connection, answer),
      onClose: (error) => this.#onClose(connection, error),
    });
    this.#connection = connection;
  }

  /** For a connection to be made, or an answer to come. */
  #startTimeout(): void {
    const { timeoutMs } = this.#options;
    clearTimeout(this.#timeout);
    this.#timeout = setTimeout(
      guard('export.timeout', () => this.#onTimeout()),
      timeoutMs,
    ).unref();
  }

  #onTimeout(): void {
    const connection = this.#connection;
    connection?.destroy();
    if (connection !== undefined) this.#onClose(connection, new Error(`no answer in ${this.#options.timeoutMs} ms`));
  }

  #onClose(connection: Connection, error: Error): void {
    if (connection !== this.#connection) return;
    const wasReused = connection.answers > 0;
    const hadRequest = connection.inFlight !== undefined;
    this.#connection = undefined;
    clearTimeout(this.#timeout);
    this.queue.retry();
    if (!connection.wasReady || (hadRequest && !wasReused)) this.#pauseAfter(error.message, undefined);
    else this.#pump(); // a connection that had been idle: the backend may close it at any time
  }

  #onAnswer(connection: Connection, answer: Answer): void {
    clearTimeout(this.#timeout);
    const { hasWritten } = connection; // a backend may answer before it has heard all
    if (!answer.keepsAlive) {
      connection.destroy();
      this.#connection = undefined;
    }
    this.#settle(this.#options.protocol.readOutcome(answer), hasWritten);
  }

  #settle(outcome: Outcome, hasWritten: boolean): void {
    if (outcome.kind === 'retry') {
      this.queue.retry();
      this.#pauseAfter(outcome.message, outcome.afterMs);
    } else {
      const batch = this.settleAnswered(outcome);
      if (hasWritten && batch !== undefined) giveBack(batch);
      this.#continue();
    }
  }

  #continue(): void {
    this.#pump();
    if (this.isFree) this.#options.onFree();
  }

  /**
   * Books an answer that is final.
   * @returns what has been accepted
   */
  settleAnswered(outcome: Exclude<Outcome, { kind: 'retry' }>): Batch | undefined {
    if (this.#failures > 0) log('info', 'the backend answers again');
    this.#failures = 0;
    if (outcome.kind === 'accepted') {
      const batch = this.queue.succeed(outcome.rejectedSpans);
      if (outcome.rejectedSpans === 0) return batch;
      counters.lastProblem = `rejected spans: ${outcome.message}`;
      log('warn', `the backend rejected ${outcome.rejectedSpans} spans: ${outcome.message}`);
      return batch;
    } else {
      this.queue.fail();
      counters.lastProblem = `refused: ${outcome.message}`;
      log('warn', `the backend refused spans: ${outcome.message}`);
      return undefined;
    }
  }

  #pauseAfter(reason: string, afterMs: number | undefined): void {
    counters.lastProblem = reason;
    if (this.#failures === 0) log('warn', `cannot send spans to ${this.#options.destination}: ${reason}; keeping them`);
    const pauseMs = afterMs ?? Math.min(firstPauseMs * 2 ** this.#failures, longestPauseMs);
    this.#failures++;
    const resume = guard('export.resume', () => {
      this.#pause = undefined;
      this.#continue();
    });
    this.#options.runOutside(() => {
      this.#pause = setTimeout(resume, pauseMs).unref();
    });
  }
}
