/**
 * Datagrams to an agent of Jaeger's. Nobody answers them, so three things are done about it:
 *
 * - the socket is connected: where nobody listens, the system says so (ECONNREFUSED), a moment after a datagram has
 *   left. That moment is waited for, and the spans are kept and sent again;
 * - large datagrams leave one by one: a receiver has 208 KiB of buffer (Linux), and loses what is above in silence;
 * - at exit they leave without an event loop, since Node hands a datagram to the system in the very call.
 */
import type { Socket } from 'node:dgram';
import { builtin } from '../builtin.ts';
import type { Answer } from '../export/http-response.ts';
import type { ConnectionEvents } from '../export/protocol.ts';
import { DeadlineError } from '../export/sync-exchange.ts';
import type { Target } from '../export/target.ts';
import type { guard } from '../guard.ts';
import { FormatConnection, handedOver } from './format-connection.ts';

/** As Jaeger's clients have it; macOS allows less unless told otherwise. */
export const maxDatagramBytes: number = process.platform === 'darwin' ? 9_216 : 65_000;

/** Leaves at once; then comes a pause. */
const burstBytes = 65_000;
const pauseMs = 2;
/** In which the system tells that nobody listens. */
const refusalMs = 5;

const napCell = new Int32Array(new SharedArrayBuffer(4));

export class DatagramConnection extends FormatConnection {
  readonly hasWritten = true; // datagrams are made for the connection alone
  readonly #socket: Socket;
  readonly #onSent: (error: Error | null) => void;
  readonly #onTimer: () => void;
  readonly #onSettled: () => void;
  #unsent: readonly Uint8Array[] = [];
  #timer: NodeJS.Timeout | undefined;
  #settling: NodeJS.Immediate | undefined;

  constructor({ host, port }: Target, events: ConnectionEvents, guarded: typeof guard) {
    super(events);
    const fail = guarded('export.error', (error: Error) => this.close(error));
    this.#onSent = guarded('export.datagram', (error: Error | null) => error && this.close(error));
    this.#onTimer = guarded('export.datagrams', () => this.#goOn());
    this.#onSettled = guarded('export.answer', () => this.answer(handedOver()));
    this.#socket = createSocket(host);
    this.#socket.on('error', fail);
    this.#socket.on(
      'connect',
      guarded('export.ready', () => this.ready()),
    );
    this.#socket.connect(port, host);
  }

  send(request: readonly Uint8Array[]): void {
    this.inFlight = request;
    this.#unsent = request;
    this.#goOn();
  }

  /** An immediate comes behind what the system had to tell, however late the timer was; an unref'd one might never come. */
  #goOn(): void {
    if (this.#unsent.length === 0) this.#settling = setImmediate(this.#onSettled);
    else {
      this.#sendBurst();
      this.#timer = setTimeout(this.#onTimer, this.#unsent.length === 0 ? refusalMs : pauseMs).unref();
    }
  }

  /** One datagram at least. */
  #sendBurst(): void {
    let sent = 0;
    let bytes = 0;
    for (const datagram of this.#unsent) {
      bytes += datagram.length;
      if (sent > 0 && bytes > burstBytes) break;
      this.#socket.send(datagram, this.#onSent);
      sent++;
    }
    this.#unsent = this.#unsent.slice(sent);
  }

  get canFinishSync(): boolean {
    return this.isReady;
  }

  get canExchangeSync(): boolean {
    return this.isReady;
  }

  finishSync(deadlineMs: number): Answer | undefined {
    return this.inFlight === undefined ? undefined : this.#finish(deadlineMs);
  }

  exchangeSync(request: readonly Uint8Array[], deadlineMs: number): Answer {
    this.#unsent = request;
    return this.#finish(deadlineMs);
  }

  #finish(deadlineMs: number): Answer {
    while (this.#unsent.length > 0) {
      this.#sendBurst();
      if (this.#socket.getSendQueueSize() > 0) throw new Error('the system takes no more datagrams');
      if (this.#unsent.length === 0) break;
      if (performance.now() >= deadlineMs) throw new DeadlineError();
      Atomics.wait(napCell, 0, 0, pauseMs);
    }
    return handedOver();
  }

  protected release(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#settling);
    this.#socket.close();
  }
}

/** Names are looked up for IPv4, which Jaeger's agents listen on. */
function createSocket(host: string): Socket {
  const { createSocket } = builtin<typeof import('node:dgram')>('node:dgram');
  const { isIPv6 } = builtin<typeof import('node:net')>('node:net');
  return createSocket(isIPv6(host) ? 'udp6' : 'udp4').unref();
}
