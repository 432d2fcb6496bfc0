/**
 * Sends what is left when the process ends and no event loop will run again. There are two ways:
 *
 * - over the connection that is there, through its file descriptor: 1 to 5 ms. The first span's start
 *   opens the connection, so it is there nearly always;
 * - otherwise (TLS, Windows, an exit in the very tick of the first span, a gRPC session that has just begun) a worker thread connects
 *   and sends while this thread waits for it: 40 to 100 ms.
 *
 * A backend that was away a moment ago is not tried again, one that hangs gets a second at most.
 */
import { join } from 'node:path';
import { builtin } from '../builtin.ts';
import { counters, countRequest } from '../counters.ts';
import { describe, log } from '../log.ts';
import type { RequestLimits } from './batch-queue.ts';
import { encodeBodySync } from './body.ts';
import type { Answer } from './http-response.ts';
import type { Connection, Protocol, ProtocolSettings } from './protocol.ts';
import type { Sender } from './sender.ts';
import { isDeadline } from './sync-exchange.ts';
import { totalBytes } from './target.ts';

const longestMs = 1_000;
const everything: RequestLimits = { maxBytes: Number.POSITIVE_INFINITY, maxSpans: Number.POSITIVE_INFINITY };

export interface ExitFlushOptions {
  readonly protocol: Protocol;
  readonly settings: ProtocolSettings;
  readonly request: RequestLimits;
}

/** What the worker is given; it sets `state[0]` as it ends, to 1 where all has arrived, else to 2. */
export interface ExitWorkerData {
  readonly settings: ProtocolSettings;
  readonly request: readonly Uint8Array[];
  readonly state: Int32Array<SharedArrayBuffer>;
}

/** Never throws. Should the process live on, the sender works as before. */
export function flushAtExit(sender: Sender, options: ExitFlushOptions): void {
  const { droppedSpans } = sender.queue;
  if (droppedSpans > 0) log('warn', `${droppedSpans} spans of this process were dropped`);
  if (sender.isIdle) return;
  const deadlineMs = performance.now() + longestMs;
  try {
    const isDone = sender.isPaused || flushOverConnection(sender, options, deadlineMs);
    if (!isDone) flushInWorker(sender, options, deadlineMs);
  } catch (error) {
    counters.lastProblem = describe(error);
    log('warn', `spans left at exit could not be sent: ${describe(error)}`);
  }
  if (!sender.isIdle) log('warn', 'spans were left at exit');
}

/** @returns false where the connection is of no use, or turns out to be closed */
function flushOverConnection(sender: Sender, options: ExitFlushOptions, deadlineMs: number): boolean {
  const connection = sender.detach();
  try {
    if (connection === undefined) return false;
    const answer = connection.finishSync(deadlineMs);
    if (answer !== undefined) settle(sender, options, answer);
    if (!connection.canExchangeSync) return false;
    sendWaiting(sender, options, connection, deadlineMs);
    return true;
  } catch (error) {
    if (isDeadline(error)) throw error;
    return false;
  } finally {
    connection?.destroy();
    sender.queue.retry(); // what is in flight still
  }
}

function sendWaiting(sender: Sender, options: ExitFlushOptions, connection: Connection, deadlineMs: number): void {
  sender.queue.retry(); // a batch that was being compressed
  for (;;) {
    const request = nextRequest(sender, options, options.request);
    if (request === undefined) return;
    settle(sender, options, connection.exchangeSync(request, deadlineMs));
  }
}

function nextRequest(
  sender: Sender,
  { protocol, settings }: ExitFlushOptions,
  limits: RequestLimits,
): readonly Uint8Array[] | undefined {
  const batch = sender.queue.takeRequest(limits);
  if (batch === undefined) return undefined;
  const body = encodeBodySync(sender.translate(batch), settings.gzip);
  countRequest(totalBytes(body));
  return protocol.createRequest(body);
}

/** There is no later for "try again later". */
function settle(sender: Sender, { protocol }: ExitFlushOptions, answer: Answer): void {
  const outcome = protocol.readOutcome(answer);
  if (outcome.kind === 'retry') sender.settleAnswered({ kind: 'refused', message: outcome.message });
  else sender.settleAnswered(outcome);
}

function flushInWorker(sender: Sender, options: ExitFlushOptions, deadlineMs: number): void {
  const request = nextRequest(sender, options, everything);
  if (request === undefined) return;
  const state = new Int32Array(new SharedArrayBuffer(4));
  const data: ExitWorkerData = { settings: options.settings, request, state };
  startWorker(join(options.settings.folder, 'exit-worker.cjs'), data);
  Atomics.wait(state, 0, 0, deadlineMs - performance.now());
  if (state[0] === 1) {
    sender.queue.succeed();
    return;
  }
  sender.queue.retry();
  counters.lastProblem = state[0] === 2 ? 'not reached, or did not accept' : 'no answer in time';
}

/** Takes over nothing of the program's: no preloads (this agent is one), no environment, no stdio. */
function startWorker(file: string, workerData: ExitWorkerData): void {
  const { Worker } = builtin<typeof import('node:worker_threads')>('node:worker_threads');
  const worker = new Worker(file, { workerData, execArgv: [], env: {}, stdin: false, stdout: true, stderr: true });
  worker.on('error', () => {}); // it has told by its state, or will not
  worker.unref();
}
