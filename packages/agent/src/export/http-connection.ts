/**
 * A connection to a backend that speaks HTTP/1.1. Speaks it over node:net itself,
 * for three reasons: requests of node:http show up in the program's diagnostics channels and in
 * whatever has patched http (a mock, another tracer); node:http is 5 ms and 2 MB that the
 * program may not need; and at exit, when no event loop runs any more, a request can still be finished
 * through the socket's file descriptor (see sync-exchange.ts).
 */
import type { Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';
import { type Answer, ResponseReader } from './http-response.ts';
import type { Connection, ConnectionEvents } from './protocol.ts';
import { handleOf } from './socket-handle.ts';
import { readAnswerSync, readSomeSync, writeAllSync } from './sync-exchange.ts';
import { type Target, totalBytes } from './target.ts';

export class HttpConnection implements Connection {
  isReady = false;
  wasReady = false;
  answers = 0;
  inFlight: readonly Uint8Array[] | undefined;
  /** Reads the answer to what is in flight. */
  #reader: ResponseReader = new ResponseReader();
  readonly #socket: Socket;
  readonly #events: ConnectionEvents;
  #closed = false;

  constructor(target: Target, events: ConnectionEvents) {
    this.#events = events;
    this.#socket = connect(
      target,
      guard('export.ready', () => this.#onReady()),
    );
    this.#socket.on(
      'data',
      guard('export.data', (bytes: Buffer) => this.#onData(bytes)),
    );
    this.#socket.on(
      'end',
      guard('export.end', () => this.#onEnd()),
    );
    this.#socket.on(
      'error',
      guard('export.error', (error: Error) => this.#close(error)),
    );
    this.#socket.on(
      'close',
      guard('export.close', () => this.#close(new Error('the backend closed the connection'))),
    );
  }

  send(request: readonly Uint8Array[]): void {
    this.inFlight = request;
    this.#reader = new ResponseReader();
    // All parts in one call of the system.
    this.#socket.cork();
    for (const part of request) this.#socket.write(part);
    this.#socket.uncork();
  }

  get hasWritten(): boolean {
    return this.#socket.writableLength === 0;
  }

  destroy(): void {
    this.#closed = true;
    this.isReady = false;
    this.#socket.destroy();
  }

  get canFinishSync(): boolean {
    return this.#fileDescriptor !== undefined;
  }

  /** What goes through the file descriptor of TLS makes no sense to anybody but Node. */
  get canExchangeSync(): boolean {
    return this.canFinishSync && !this.#isEncrypted;
  }

  /** What the event loop had begun to write, and to read. */
  finishSync(deadlineMs: number): Answer | undefined {
    const fd = this.#fileDescriptor;
    const request = this.inFlight;
    if (fd === undefined || request === undefined) return undefined;
    if (this.#isEncrypted) return this.#awaitEncryptedAnswer(fd, deadlineMs);
    const bytes = Buffer.concat(request);
    writeAllSync(fd, bytes.subarray(bytes.length - this.#unwrittenBytes), deadlineMs);
    return readAnswerSync(fd, this.#reader, deadlineMs);
  }

  exchangeSync(request: readonly Uint8Array[], deadlineMs: number): Answer {
    const fd = this.#fileDescriptor ?? -1;
    for (const part of request) writeAllSync(fd, part, deadlineMs);
    return readAnswerSync(fd, new ResponseReader(), deadlineMs);
  }

  /** It cannot be read, but when it comes the backend has the request: nobody needs to send that again. */
  #awaitEncryptedAnswer(fd: number, deadlineMs: number): Answer | undefined {
    if (this.#unwrittenBytes > 0) return undefined;
    readSomeSync(fd, deadlineMs);
    return { status: 200, headers: new Map(), body: Buffer.alloc(0), keepsAlive: false };
  }

  /** Undefined where there is none: on Windows, or before the system has begun to connect. */
  get #fileDescriptor(): number | undefined {
    const fd = handleOf(this.#socket)?.fd;
    return fd === undefined || fd < 0 ? undefined : fd;
  }

  get #isEncrypted(): boolean {
    return 'encrypted' in this.#socket;
  }

  /** How much of the request in flight has not been handed to the system; over TLS never less than that. */
  get #unwrittenBytes(): number {
    const handle = handleOf(this.#socket);
    // TLS counts bytes until the event loop has confirmed them. A small request is encrypted at one go, so
    // for that the plain socket below tells the truth.
    const isSmall = totalBytes(this.inFlight ?? []) <= 65_536;
    const counting = isSmall && handle?._parent ? handle._parent : handle;
    return counting?.writeQueueSize ?? 0;
  }

  #onReady(): void {
    this.isReady = true;
    this.wasReady = true;
    this.#events.onReady();
  }

  #onData(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      if (this.inFlight === undefined) throw new Error('the backend answered without a request');
      this.#finish(this.#reader.read(bytes));
    } catch (error) {
      this.#close(error as Error);
    }
  }

  #onEnd(): void {
    if (!this.#closed && this.inFlight !== undefined) this.#finish(this.#reader.end());
  }

  #finish(answer: Answer | undefined): void {
    if (answer === undefined) return;
    this.inFlight = undefined;
    this.answers++;
    this.#events.onAnswer(answer);
  }

  #close(error: Error): void {
    if (this.#closed) return;
    this.destroy();
    this.#events.onClose(error);
  }
}

function connect(target: Target, onReady: () => void): Socket {
  const socket = target.tls === undefined ? connectPlain(target) : connectTls(target, target.tls);
  socket.once(target.tls === undefined ? 'connect' : 'secureConnect', onReady);
  socket.setNoDelay(true);
  socket.unref();
  return socket;
}

/** Not `net.connect`, which on Node 20 is what tells the `net.client.socket` channel; from 22 on it learns of us. */
function connectPlain({ host, port }: Target): Socket {
  const { Socket } = builtin<typeof import('node:net')>('node:net');
  return new Socket().connect({ host, port });
}

function connectTls({ host, port }: Target, options: ConnectionOptions): TLSSocket {
  const tls = builtin<typeof import('node:tls')>('node:tls');
  return tls.connect({ ...options, host, port, ALPNProtocols: ['http/1.1'] });
}
