/**
 * OTLP's TraceService over node:http2: one call after the other on one session. A message is a prefix and the bytes
 * that OTLP over HTTP has, too:
 *
 *     00 (01: compressed)   length, 4 bytes   ExportTraceServiceRequest
 *
 * Without an event loop there is no HTTP/2, so at exit a worker makes a session of its own.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import { builtin } from '../builtin.ts';
import type { ConnectionEvents, ProtocolSettings } from '../export/protocol.ts';
import { type Target, totalBytes } from '../export/target.ts';
import type { guard } from '../guard.ts';
import { FormatConnection } from './format-connection.ts';

/** What a backend says is short. */
const maxAnswerBytes = 65_536;

export class GrpcConnection extends FormatConnection {
  readonly canFinishSync = false;
  readonly canExchangeSync = false;
  readonly #session: ClientHttp2Session;
  readonly #headers: OutgoingHttpHeaders;
  readonly #gzip: boolean;
  readonly #guard: typeof guard;
  #stream: ClientHttp2Stream | undefined;
  /** The backend is about to close: no further call. */
  #isLeaving = false;

  constructor(settings: ProtocolSettings, events: ConnectionEvents, guarded: typeof guard) {
    super(events);
    this.#headers = headersOf(settings);
    this.#gzip = settings.gzip;
    this.#guard = guarded;
    this.#session = openSession(settings.target);
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

  finishSync(): undefined {
    return undefined;
  }

  exchangeSync(): never {
    throw new Error('there is no HTTP/2 without an event loop');
  }

  protected release(): void {
    this.#session.destroy();
  }
}

function openSession(target: Target): ClientHttp2Session {
  const http2 = builtin<typeof import('node:http2')>('node:http2');
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  const authority = `${target.tls === undefined ? 'http' : 'https'}://${host}:${target.port}`;
  const session = http2.connect(authority, {
    createConnection: () => openSocket(target),
    settings: { enablePush: false },
  });
  session.unref();
  return session;
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

function prefixOf(message: readonly Uint8Array[], gzip: boolean): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = gzip ? 1 : 0;
  prefix.writeUInt32BE(totalBytes(message), 1);
  return prefix;
}

function keepHeaders(headers: Map<string, string>, received: IncomingHttpHeaders): void {
  for (const [name, value] of Object.entries(received)) headers.set(name, String(value));
}
