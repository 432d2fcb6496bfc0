/**
 * One SERVER span per request of `node:http`, `node:https`, and `node:http2` where its requests come as those of
 * `node:http` do.
 *
 * The handlers have to run with the span active, and Node has no channel around them, so `emit` is
 * wrapped: on the servers it starts the call, on requests and responses it brings the call's context
 * back for listeners, which the parser calls out of the connection's context. The store is never
 * entered on the connection's own frame: that would keep the request alive as long as the connection.
 * What the wrappers cost an emitter without a call is one look at a symbol.
 *
 * They are set when the first connection of a server is accepted (`net.server.socket`), so a program
 * without a server does not pay for loading `node:http`, and it does not matter how the program gets
 * hold of the module.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type * as http from 'node:http';
import type * as http2 from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { builtin } from '../builtin.ts';
import { guard } from '../guard.ts';
import {
  activeContext,
  type Context,
  contextWithSpan,
  enterContext,
  leaveContext,
  rootContext,
} from '../tracer/context.ts';
import type { NonRecordingSpan } from '../tracer/non-recording-span.ts';
import { readHeaders as readContext } from '../tracer/propagation.ts';
import { settings } from '../tracer/settings.ts';
import type { Span } from '../tracer/span.ts';
import { identify, isRecorded, Tracer } from '../tracer/tracer.ts';
import { methodName } from './http-attributes.ts';
import { found, readHeaders } from './http-request-headers.ts';
import { connectionBlock, requestAttributes, sharedAttributes } from './http-server-attributes.ts';
import { LeftOutCall } from './left-out-call.ts';
import type { Library } from './library.ts';
import { agentScope } from './scope.ts';
import { attachCall, callOf, callOfResponse, openCallOf, ServerCall } from './server-call.ts';
import { watchUpgrade } from './upgrade.ts';

const tracer = new Tracer(agentScope('http'));

type Emit = (this: EventEmitter, ...args: unknown[]) => boolean;

export const httpServer: Library = {
  name: 'http-server',
  packages: ['node:http', 'node:https', 'node:http2'],
  versions: '>=20.6.0',
  source: 'node',
  spans: [
    {
      name: '`GET`, or `GET /users/:id` with a framework that tells the route',
      kind: 2,
      when: 'a request is served, until its response is complete or the connection closes',
      attributes: ['http.request.method', 'http.route', 'url.path', 'http.response.status_code', 'client.address'],
    },
  ],
  start() {
    subscribe('net.server.socket', guard('http.server.connection', onConnection));
    subscribe('http.server.request.start', onFirstRequest);
    process.on('uncaughtExceptionMonitor', guard('http.server.uncaught', onUncaught));
  },
};

const wrapped = new WeakSet<object>();

function onConnection(message: unknown): void {
  const { server } = (message as { socket: { server?: object } }).socket;
  if (server === undefined || seen.has(server)) return;
  seen.add(server);
  // Only servers of HTTP/1 have it, and those of HTTP/2 that fall back to it.
  if ('headersTimeout' in server) wrapServerOf(server);
  wrapHttp2(server);
}

const seen = new WeakSet<object>();

/**
 * For connections that never were a net socket: `server.emit('connection', duplex)`. Once is enough, for whoever
 * listens makes Node publish every request: 0.2 µs.
 */
const onFirstRequest = guard('http.server.first', (message: unknown) => {
  unsubscribe('http.server.request.start', onFirstRequest);
  wrapServerOf((message as { server: object }).server);
});

function wrapServerOf(server: object): void {
  const { IncomingMessage, Server, ServerResponse } = builtin<typeof http>('node:http');
  if (server instanceof Server) wrapServer(Server.prototype);
  else wrapServer(builtin<{ Server: typeof HttpsServer }>('node:https').Server.prototype);
  wrapMessages(IncomingMessage.prototype, ServerResponse.prototype);
}

/** Node does not export the classes of HTTP/2's servers, so the prototype is found by its name. */
function wrapHttp2(server: object): void {
  for (let at: object | null = server; at !== null; at = Object.getPrototypeOf(at)) {
    const { name } = at.constructor;
    if (!Object.hasOwn(at, 'constructor') || (name !== 'Http2Server' && name !== 'Http2SecureServer')) continue;
    const { Http2ServerRequest, Http2ServerResponse } = builtin<typeof http2>('node:http2');
    wrapServer(at as EventEmitter);
    wrapMessages(Http2ServerRequest.prototype, Http2ServerResponse.prototype);
  }
}

function wrapServer(prototype: EventEmitter): void {
  if (wrapped.has(prototype)) return;
  wrapped.add(prototype);
  const original = prototype.emit as Emit;
  prototype.emit = function emit(this: EventEmitter, ...args: unknown[]): boolean {
    const call = begin(args[0], args[1], args[2]);
    if (call === undefined) return original.apply(this, args);
    const before = enterContext(call.context);
    try {
      return original.apply(this, args);
    } catch (error) {
      uncaught(call, error);
      throw error;
    } finally {
      leaveContext(before);
    }
  };
}

const begin = guard('http.server.request', (type: unknown, request: unknown, other: unknown) => {
  switch (type) {
    case 'request':
    case 'checkContinue':
    case 'checkExpectation':
      return startCall(request as http.IncomingMessage, other as http.ServerResponse);
    case 'upgrade':
    case 'connect':
      return startUpgrade(request as http.IncomingMessage, other as Duplex);
    default:
      return undefined;
  }
});

/** @returns undefined where one server hands the request to another */
function startCall(request: http.IncomingMessage, response: http.ServerResponse | undefined): ServerCall | undefined {
  if (callOf(request) !== undefined) return undefined;
  readHeaders(request);
  const parent = readContext(found.traceParent, found.traceState, found.baggage, rootContext);
  const identity = identify(parent);
  const span = isRecorded(identity, parent) ? record(request, identity, parent) : identity;
  const call = new ServerCall(request, span, contextWithSpan(parent, span));
  if (settings.leftOut?.isLast()) call.leftOut = new LeftOutCall(request, tracer.scope);
  attachCall(call, response);
  return call;
}

function record(request: http.IncomingMessage, identity: NonRecordingSpan, parent: Context): Span {
  const attributes = requestAttributes(request);
  const block = connectionBlock(request);
  if (block === undefined) attributes.push(...sharedAttributes(request));
  return tracer.record(identity, parent, methodName(request.method ?? ''), 2, attributes, block);
}

function startUpgrade(request: http.IncomingMessage, socket: Duplex): ServerCall | undefined {
  const call = startCall(request, undefined);
  if (call !== undefined) watchUpgrade(call, socket);
  return call;
}

/** With a listener the program lives on and may still answer; without one this is the last that is heard of the request. */
const uncaught = guard('http.server.throw', (call: ServerCall, error: unknown) => {
  if (process.listenerCount('uncaughtException') > 0) call.recordError(error);
  else call.crash(error);
});

/** What was thrown later, or rejected: Node still stands in the context that it came of. */
function onUncaught(error: unknown): void {
  const call = openCallOf(activeContext());
  if (call !== undefined) uncaught(call, error);
}

function wrapMessages(request: EventEmitter, response: EventEmitter): void {
  if (wrapped.has(response)) return;
  wrapped.add(response);
  wrapRequest(request);
  wrapResponse(response);
}

/** Most events of a message have no listener, and then it does not matter what the context is. */
interface Emitter extends EventEmitter {
  readonly _events?: Readonly<Record<string | symbol, unknown>>;
}

/** What Node itself waits for the end of a request with; it needs no context. */
let nodesListener: unknown;

function isNodes(listener: unknown): boolean {
  if (nodesListener === undefined && (listener as { name?: string }).name === 'clearIncoming') nodesListener = listener;
  return listener === nodesListener;
}

function wrapRequest(prototype: EventEmitter): void {
  const original = prototype.emit as Emit;
  prototype.emit = function emit(this: Emitter, ...args: unknown[]): boolean {
    const listener = this._events?.[args[0] as string];
    const call = listener === undefined || isNodes(listener) ? undefined : callOf(this);
    if (call === undefined) return original.apply(this, args);
    const before = enterContext(call.context);
    try {
      return original.apply(this, args);
    } finally {
      leaveContext(before);
    }
  };
}

type Response = EventEmitter & { readonly req?: object };

function wrapResponse(prototype: EventEmitter): void {
  const original = prototype.emit as Emit;
  const ended = guard('http.server.end', onResponseEnd);
  prototype.emit = function emit(this: Response, ...args: unknown[]): boolean {
    const call = callOfResponse(this);
    if (call === undefined) return original.apply(this, args);
    const before = enterContext(call.context);
    try {
      return original.apply(this, args);
    } finally {
      leaveContext(before);
      if (args[0] === 'finish' || args[0] === 'close') ended(call, this, args[0]);
    }
  };
}

/** Behind the program's listeners, which may still add to the span. */
function onResponseEnd(call: ServerCall, message: EventEmitter, type: string): void {
  const response = message as http.ServerResponse;
  if (type === 'finish') call.finish(response.statusCode);
  else call.abort(response.headersSent ? response.statusCode : undefined);
}
