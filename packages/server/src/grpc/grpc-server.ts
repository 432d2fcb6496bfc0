/**
 * gRPC over node:http2: what every gRPC port of ours is made of. Methods take and give bytes; what they mean is
 * theirs to know. Not @grpc/grpc-js, because it reads requests before anybody could bound what they take together:
 * docs/decisions/0009-grpc-without-grpc-js.md. Deadlines are left to the clients, who all reset what they
 * have given up.
 *
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import {
  constants,
  createSecureServer,
  createServer,
  type Http2SecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { DecodeError } from '@sightline/wire';
import type { Logger } from 'pino';
import { urlOf } from '../http/address.ts';
import { type GuardOptions, refusalOf } from '../http/guard.ts';
import { listenError } from '../http/listen.ts';
import type { RejectReason } from '../metrics.ts';
import { Answer } from './answer.ts';
import { Decompressor, encodingOf } from './compression.ts';
import { healthService } from './health.ts';
import { HeldBytes, Hold } from './held-bytes.ts';
import { reflectionServices } from './reflection.ts';
import { clientLeft } from './requests.ts';
import { type GrpcMethod, runMethod } from './run-method.ts';
import { GrpcError, grpcCode } from './status.ts';

export interface GrpcServerOptions extends GuardOptions {
  log: Pick<Logger, 'error'>;
  /** Of one message, before and after decompression; default 1 MiB. */
  maxMessageBytes?: number;
  /** Of all requests that have not been answered; default 256 MiB. */
  maxHeldBytes?: number;
  /** How long a client may take to send its first message; default a minute. */
  requestTimeoutMs?: number;
  /** Is told of each call that is refused for a reason. */
  onRefused?: (reason: RejectReason) => void;
}

export interface GrpcService {
  /** With its package: `grpc.health.v1.Health`. */
  name: string;
  methods: Record<string, GrpcMethod>;
  /** Probes of a container platform carry no token. */
  isOpen?: boolean;
}

const mebibyte = 1024 * 1024;
/** Of a stream and of a connection. With HTTP/2's own 64 KiB, requests of 400 kB cost a third more CPU. */
const windowBytes = mebibyte;
const keepAliveMs = 60_000;
const stopGraceMs = 1000;

/** With health checks and reflection, as every gRPC server has them. */
export function createGrpcServer(options: GrpcServerOptions): GrpcServer {
  const server = new GrpcServer(options);
  for (const service of [healthService(server), ...reflectionServices(server)]) server.add(service);
  return server;
}

export class GrpcServer {
  readonly #options: GrpcServerOptions;
  readonly #http2: Http2Server | Http2SecureServer;
  readonly #services = new Map<string, GrpcService>();
  /** Also those on which HTTP/2 has not begun, and may never. */
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #streamCalls = new Set<AbortController>();
  readonly #held: HeldBytes;
  readonly #decompressor: Decompressor;
  readonly #maxMessageBytes: number;

  constructor(options: GrpcServerOptions) {
    this.#options = options;
    this.#maxMessageBytes = options.maxMessageBytes ?? mebibyte;
    this.#held = new HeldBytes(options.maxHeldBytes ?? 256 * mebibyte);
    this.#decompressor = new Decompressor(this.#maxMessageBytes);
    this.#http2 = createHttp2Server(options);
    this.#http2.on('connection', (socket: Socket) => this.#keepSocket(socket));
    this.#http2.on('session', (session) => this.#keepSession(session));
    this.#http2.on('stream', (stream, headers) => void this.#serve(stream, headers));
    // A connection that speaks something else, or breaks: it is closed already, and its calls know.
    this.#http2.on('sessionError', () => undefined);
  }

  /** Of its addresses. */
  get scheme(): 'http' | 'https' {
    return this.#options.certificate ? 'https' : 'http';
  }

  get services(): ReadonlyMap<string, GrpcService> {
    return this.#services;
  }

  add(service: GrpcService): void {
    this.#services.set(service.name, service);
  }

  /** @returns the port. @throws what `net.Server` emits */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#http2.once('error', reject);
      this.#http2.listen({ host, port }, () => {
        this.#http2.off('error', reject);
        resolve((this.#http2.address() as AddressInfo).port);
      });
    });
  }

  /** Takes no more calls, and gives those that run a second to end. Idempotent. */
  async close(): Promise<void> {
    for (const call of this.#streamCalls) call.abort();
    const closed = new Promise<void>((resolve) => this.#http2.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, stopGraceMs);
    await closed;
    clearTimeout(timer);
  }

  #keepSocket(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
  }

  #keepSession(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    session.setLocalWindowSize(windowBytes);
  }

  async #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    // The client's reset, which the call sees as the end of its request.
    stream.on('error', () => undefined);
    const hold = new Hold(this.#held);
    let answer = new Answer(stream, undefined);
    try {
      if (!isGrpc(headers)) {
        answerNotGrpc(stream);
        return;
      }
      const method = this.#methodFor(headers);
      const encoding = encodingOf(headers['grpc-encoding']?.toString());
      answer = new Answer(stream, encoding);
      await runMethod(method, {
        stream,
        answer,
        streamCalls: this.#streamCalls,
        requestTimeoutMs: this.#options.requestTimeoutMs ?? 60_000,
        requests: { encoding, hold, maxMessageBytes: this.#maxMessageBytes, decompressor: this.#decompressor },
      });
      answer.end();
    } catch (error) {
      const refusal = this.#refusalFrom(error, stream);
      if (refusal.reason) this.#options.onRefused?.(refusal.reason);
      answer.end(refusal);
    } finally {
      hold.release();
    }
  }

  /** @throws GrpcError for who may not call, and for what is not there */
  #methodFor(headers: IncomingHttpHeaders): GrpcMethod {
    const path = headers[':path'] ?? '';
    const [, serviceName = '', methodName = ''] = /^\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
    const service = this.#services.get(serviceName);
    const refusal = refusalOf(
      {
        host: headers[':authority'] ?? headers.host,
        authorization: headers.authorization,
        path: service?.isOpen ? '/healthz' : path,
      },
      this.#options,
    );
    if (refusal) {
      throw new GrpcError(
        refusal.status === 401 ? grpcCode.unauthenticated : grpcCode.permissionDenied,
        refusal.message,
      );
    }
    const method = service && Object.hasOwn(service.methods, methodName) ? service.methods[methodName] : undefined;
    if (method) return method;
    throw new GrpcError(grpcCode.unimplemented, `There is no method ${path} here.`);
  }

  /** What the caller did wrong is said to the caller; what we did wrong is said to our log. */
  #refusalFrom(error: unknown, stream: ServerHttp2Stream): GrpcError {
    if (error instanceof GrpcError) return error;
    if (error instanceof DecodeError) {
      return new GrpcError(grpcCode.invalidArgument, error.message, { reason: 'undecodable' });
    }
    if (stream.aborted || stream.destroyed) return clientLeft();
    this.#options.log.error({ err: error }, 'a gRPC call failed');
    return new GrpcError(
      grpcCode.internal,
      'The call failed because of a fault in the server; its log has the details.',
    );
  }
}

function createHttp2Server({ certificate }: GrpcServerOptions): Http2Server | Http2SecureServer {
  const settings = { initialWindowSize: windowBytes, maxConcurrentStreams: 1000 };
  if (!certificate) return createServer({ settings });
  const server = createSecureServer({ settings, ...certificate.pem });
  certificate.keepUpToDate(server);
  return server;
}

/**
 * @param flag which sets the port, for the message when it is taken
 * @returns the URL; with port 0, of the port that was found
 * @throws ServerError
 */
export async function listenGrpc(server: GrpcServer, host: string, port: number, flag: string): Promise<string> {
  try {
    return urlOf(host, await server.listen(host, port), server.scheme);
  } catch (cause) {
    throw listenError(cause, host, port, flag);
  }
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return headers[':method'] === 'POST' && /^application\/grpc($|[+;])/.test(headers['content-type'] ?? '');
}

function answerNotGrpc(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 415, 'accept-post': 'application/grpc' }, { endStream: true });
  stream.close(constants.NGHTTP2_NO_ERROR);
}
