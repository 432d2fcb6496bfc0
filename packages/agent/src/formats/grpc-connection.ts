/**
 * OTLP's TraceService over node:http2: one call after the other on one session. A message is a prefix and the bytes
 * that OTLP over HTTP has, too:
 *
 *     00 (01: compressed)   length, 4 bytes   ExportTraceServiceRequest
 *
 * Without an event loop the session is taken over, see http2-takeover.ts; where that cannot be, a worker makes one of its own.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { builtin } from '../builtin.ts';
import type { Answer } from '../export/http-response.ts';
import type { ConnectionEvents, ProtocolSettings } from '../export/protocol.ts';
import { handleOf } from '../export/socket-handle.ts';
import { type Target, totalBytes } from '../export/target.ts';
import type { guard } from '../guard.ts';
import { FormatConnection } from './format-connection.ts';
import { Http2Takeover, type SessionState } from './http2-takeover.ts';

/** What a backend says is short. */
const maxAnswerBytes = 65_536;

export class GrpcConnection extends FormatConnection {
  /** What is begun without an event loop is never written. */
  readonly canFinishSync = false;
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #target: Target;
  readonly #headers: OutgoingHttpHeaders;
  readonly #gzip: boolean;
  readonly #guard: typeof guard;
  #stream: ClientHttp2Stream | undefined;
  #answerHeaders: Map<string, string> = new Map();
  #answerBody: Buffer[] = [];
  #takeover: Http2Takeover | undefined;
  /** The backend is about to close: no further call. */
  #isLeaving = false;

  constructor(settings: ProtocolSettings, events: ConnectionEvents, guarded: typeof guard) {
    super(events);
    this.#headers = headersOf(settings);
    this.#gzip = settings.gzip;
    this.#guard = guarded;
    this.#target = settings.target;
    this.#socket = openSocket(settings.target);
    this.#session = openSession(settings.target, this.#socket);
    this.#session.on(
      'connect',
      guarded('export.ready', () => this.ready()),
    );
    this.#session.on(
      'goaway',
      guarded('export.goaway', () => this.#onGoAway()),
    );
    this.#session.on(
      'error',
      guarded('export.error', (error: Error) => this.close(error)),
    );
    this.#session.on(
      'close',
      guarded('export.close', () => this.close(new Error('the backend closed the connection'))),
    );
  }

  get hasWritten(): boolean {
    return this.#stream?.writableFinished !== false;
  }

  send(request: readonly Uint8Array[]): void {
    this.inFlight = request;
    try {
      this.#call(request);
    } catch (error) {
      this.close(error as Error); // a header that HTTP/2 does not know, or a session that has just gone
    }
  }

  #call(request: readonly Uint8Array[]): void {
    const stream = this.#session.request(this.#headers);
    this.#stream = stream;
    this.#readAnswer(stream);
    stream.cork();
    stream.write(prefixOf(request, this.#gzip));
    for (const part of request) stream.write(part);
    stream.end();
    stream.uncork();
  }

  /** Trailers are headers that come last; where nothing but an error is answered, the first are the last. */
  #readAnswer(stream: ClientHttp2Stream): void {
    const headers = new Map<string, string>();
    const body: Buffer[] = [];
    this.#answerHeaders = headers;
    this.#answerBody = body;
    const keep = this.#guard('export.headers', (received: IncomingHttpHeaders) => keepHeaders(headers, received));
    stream.on('response', keep);
    stream.on('trailers', keep);
    stream.on(
      'data',
      this.#guard('export.data', (bytes: Buffer) => {
        if (totalBytes(body) < maxAnswerBytes) body.push(bytes);
      }),
    );
    stream.on(
      'error',
      this.#guard('export.error', (error: Error) => this.close(error)),
    );
    stream.on(
      'close',
      this.#guard('export.answer', () => this.#onAnswered(headers, Buffer.concat(body))),
    );
  }

  #onAnswered(headers: ReadonlyMap<string, string>, body: Buffer): void {
    const status = Number(headers.get(':status'));
    if (status > 0) this.answer({ status, headers, body, keepsAlive: !this.#isLeaving });
    else this.close(new Error('the backend gave no answer'));
  }

  #onGoAway(): void {
    this.#isLeaving = true;
    if (this.inFlight === undefined) this.close(new Error('the backend closed the connection'));
  }

  get canExchangeSync(): boolean {
    return this.#takeover !== undefined || this.#sessionState() !== undefined;
  }

  finishSync(deadlineMs: number): Answer | undefined {
    const stream = this.#stream?.id;
    if (this.inFlight === undefined || stream === undefined || !this.hasWritten) return undefined;
    return this.#takeOver()?.awaitAnswer(stream, this.#answerHeaders, this.#answerBody, deadlineMs);
  }

  exchangeSync(request: readonly Uint8Array[], deadlineMs: number): Answer {
    const takeover = this.#takeOver();
    if (takeover === undefined) throw new Error('the session cannot be taken over');
    const message = Buffer.concat([prefixOf(request, this.#gzip), ...request]);
    return takeover.exchange(headerListOf(this.#headers, this.#target), message, deadlineMs);
  }

  /** From then on Node's part of the session does not know any more how it stands. */
  #takeOver(): Http2Takeover | undefined {
    const state = this.#takeover === undefined ? this.#sessionState() : undefined;
    if (state !== undefined) this.#takeover = new Http2Takeover(state);
    return this.#takeover;
  }

  /** Once the backend has acknowledged our settings, and has all that was written: nothing is half said then. */
  #sessionState(): SessionState | undefined {
    const { fd = -1, writeQueueSize } = handleOf(this.#socket) ?? {};
    const session = this.#session;
    const isSettled = !session.destroyed && !session.closed && !session.pendingSettingsAck;
    if (this.#target.tls !== undefined || fd < 0 || writeQueueSize !== 0 || !isSettled) return undefined;
    const { nextStreamID = 0, remoteWindowSize = 0 } = session.state;
    const { initialWindowSize = 65_535, maxFrameSize = 16_384 } = session.remoteSettings;
    return {
      fd,
      nextStreamId: nextStreamID,
      windowBytes: remoteWindowSize,
      streamWindowBytes: initialWindowSize,
      maxFrameBytes: maxFrameSize,
    };
  }

  protected release(): void {
    this.#session.destroy();
  }
}

function openSession(target: Target, socket: Socket): ClientHttp2Session {
  const http2 = builtin<typeof import('node:http2')>('node:http2');
  const session = http2.connect(`${schemeOf(target)}://${authorityOf(target)}`, {
    createConnection: () => socket,
    // No table of the backend's headers: whoever takes over would not have it.
    settings: { enablePush: false, headerTableSize: 0 },
  });
  session.unref();
  return session;
}

function schemeOf({ tls }: Target): string {
  return tls === undefined ? 'http' : 'https';
}

function authorityOf({ host, port }: Target): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Not by `net.connect`, which is what tells the program's diagnostics channel on Node 20. */
function openSocket({ host, port, tls }: Target): Socket {
  const socket =
    tls === undefined
      ? new (builtin<typeof import('node:net')>('node:net').Socket)().connect({ host, port })
      : builtin<typeof import('node:tls')>('node:tls').connect({ ...tls, host, port, ALPNProtocols: ['h2'] });
  return socket.setNoDelay(true).unref();
}

function headersOf({ target, timeoutMs, gzip }: ProtocolSettings): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of target.headers) headers[name.toLowerCase()] = value;
  return {
    ...headers,
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
    // Eight digits at most.
    'grpc-timeout': timeoutMs < 1e8 ? `${timeoutMs}m` : '99999999S',
    ...(gzip && { 'grpc-encoding': 'gzip' }),
  };
}

/** As they go over the wire: those of HTTP/2 itself first. */
function headerListOf(headers: OutgoingHttpHeaders, target: Target): [string, string][] {
  const own = Object.entries({ ':scheme': schemeOf(target), ':authority': authorityOf(target), ...headers });
  const list = own.map(([name, value]): [string, string] => [name, String(value)]);
  return list.sort(([one], [other]) => Number(other.startsWith(':')) - Number(one.startsWith(':')));
}

function prefixOf(message: readonly Uint8Array[], gzip: boolean): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = gzip ? 1 : 0;
  prefix.writeUInt32BE(totalBytes(message), 1);
  return prefix;
}

function keepHeaders(headers: Map<string, string>, received: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(received)) headers.set(name, String(value));
}
