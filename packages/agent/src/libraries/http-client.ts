/**
 * One CLIENT span per request of `http.request`, `http.get` and the like, by Node's channels: they
 * see every caller, whether it came by `require`, a named import or a library of its own agents.
 *
 * The response's listeners run where Node runs them: in the context that made the request.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { guard } from '../guard.ts';
import { activeContext } from '../tracer/context.ts';
import { Tracer } from '../tracer/tracer.ts';
import { type ClientCall, startClientCall } from './client-call.ts';
import { hasCreatedChannel, publishCreated } from './http-client-created.ts';
import { injectInto } from './http-client-headers.ts';
import type { Library } from './library.ts';
import { agentScope } from './scope.ts';

const tracer = new Tracer(agentScope('http'));
const key: unique symbol = Symbol('sightline.clientCall');

interface TracedRequest extends ClientRequest {
  [key]?: ClientCall;
  res?: IncomingMessage & { readonly upgrade?: boolean };
}

export const httpClient: Library = {
  name: 'http-client',
  packages: ['node:http', 'node:https'],
  versions: '>=20.6.0',
  source: 'node',
  spans: [
    {
      name: '`GET`',
      kind: 3,
      when: 'a request is made, until its response has ended',
      attributes: ['http.request.method', 'url.full', 'server.address', 'server.port', 'http.response.status_code'],
    },
  ],
  start() {
    const created = guard('http.client.created', onCreated);
    if (hasCreatedChannel()) subscribe('http.client.request.created', created);
    else publishCreated(created);
    subscribe('http.client.response.finish', guard('http.client.response', onResponse));
    subscribe('http.client.request.error', guard('http.client.error', onError));
  },
};

const close = guard('http.client.close', onClosed);
const end = guard('http.client.end', onEnded);

/** One listener for all requests, so that none has to be made for each. */
function closeListener(this: TracedRequest): void {
  close(this);
}

function endListener(this: IncomingMessage): void {
  end(this);
}

function onCreated(message: unknown): void {
  const { request } = message as { request: TracedRequest };
  const parent = activeContext();
  if (parent.isSuppressed || request[key] !== undefined) return;
  const header = hostHeader(request);
  const origin = `${request.protocol}//${header ?? hostOf(request)}`;
  const call = startClientCall(tracer, parent, request.method, origin, request.path);
  if (header === undefined) call.guessedOrigin = origin;
  request[key] = call;
  injectInto(request, call.context);
  request.on('close', closeListener);
}

/**
 * Without a `Host` header of Node's own making, a request does not tell its port: the socket does, later. One
 * that a proxy passes on may name the same host, but comes in lower case, as all that was received.
 */
function hostHeader(request: ClientRequest): string | undefined {
  const header = request.getHeader('host');
  const host = hostOf(request);
  const isOwn = typeof header === 'string' && header.startsWith(host) && /^(:\d+)?$/.test(header.slice(host.length));
  return isOwn && request.getRawHeaderNames().includes('Host') ? header : undefined;
}

function hostOf({ host }: ClientRequest): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Its headers have arrived; the channel's name is misleading. */
function onResponse(message: unknown): void {
  const { request, response } = message as { request: TracedRequest; response: IncomingMessage };
  const call = request[key];
  if (call === undefined) return;
  call.setStatusCode(response.statusCode ?? 0);
  setProtocol(call, request, response);
  response.on('end', endListener);
}

function setProtocol(call: ClientCall, request: ClientRequest, response: IncomingMessage): void {
  call.span.setAttribute('network.protocol.version', response.httpVersion);
  call.setPeer(request.socket?.remoteAddress, request.socket?.remotePort);
  call.correctPort(request.path, request.socket?.remotePort);
}

function onEnded(response: IncomingMessage): void {
  (response as unknown as { req: TracedRequest }).req[key]?.end();
}

function onError(message: unknown): void {
  const { request, error } = message as { request: TracedRequest; error: unknown };
  const call = request[key];
  call?.correctPort(request.path, (error as { port?: number }).port);
  call?.fail(error);
}

/** The last event of every request: after an upgrade, or where the response was cut off. */
function onClosed(request: TracedRequest): void {
  const call = request[key];
  const { res } = request;
  if (call === undefined) return;
  if (res?.upgrade === true) {
    call.setStatusCode(res.statusCode ?? 0);
    setProtocol(call, request, res);
    call.end();
  } else if (res?.complete === true) call.end();
  else call.fail(res?.errored ?? new Aborted());
}

/** The program gave the request up, or the response was cut off. */
class Aborted extends Error {
  readonly code = 'ECONNRESET';
  override readonly message = 'aborted';
}
