/**
 * One CLIENT span per request of `http.request`, `http.get` and the like, by Node's channels: they
 * see every caller, whether it came by `require`, a named import or a library of its own agents.
 *
 * The response's listeners run where Node runs them: in the context that made the request.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { guard } from '../guard.ts';
import type { AttributeBlock } from '../tracer/attributes.ts';
import { activeContext } from '../tracer/context.ts';
import { identify, isRecorded, Tracer } from '../tracer/tracer.ts';
import { type ClientCall, fullUrl, recordClientCall } from './client-call.ts';
import { type HostPort, parseHost } from './http-attributes.ts';
import { hasCreatedChannel, publishCreated } from './http-client-created.ts';
import { injectInto } from './http-client-headers.ts';
import { peerBlock } from './http-peer.ts';
import type { Library } from './library.ts';
import { agentScope } from './scope.ts';

const tracer = new Tracer(agentScope('http'));
const key: unique symbol = Symbol('sightline.clientCall');
const connectionKey: unique symbol = Symbol('sightline.clientConnection');

type ConnectedSocket = Socket & { [connectionKey]?: Connection };

interface TracedRequest extends ClientRequest {
  /** Undefined while it runs untraced; null where it always will. */
  [key]?: ClientCall | null;
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
  const identity = identify(parent);
  injectInto(request, identity, parent.baggage);
  if (!isRecorded(identity, parent)) {
    request[key] = null;
    return;
  }
  request[key] = recordClientCall(tracer, identity, parent, request.method);
  request.on('close', closeListener);
}

/** Its headers have arrived; the channel's name is misleading. */
function onResponse(message: unknown): void {
  const { request, response } = message as { request: TracedRequest; response: IncomingMessage };
  const call = request[key];
  if (!call) return;
  describeAnswered(call, request, response);
  response.on('end', endListener);
}

function describeAnswered(call: ClientCall, request: TracedRequest, response: IncomingMessage): void {
  const { origin, block } = connectionOf(request, request.socket, response.httpVersion);
  call.setUrl(fullUrl(origin, request.path));
  call.setPeer(block);
  call.setStatusCode(response.statusCode ?? 0);
}

function onEnded(response: IncomingMessage): void {
  (response as unknown as { req: TracedRequest }).req[key]?.end();
}

function onError(message: unknown): void {
  const { request, error } = message as { request: TracedRequest; error: unknown };
  const call = request[key];
  if (!call) return;
  if (!call.isDescribed) describeUnanswered(call, request, (error as { port?: unknown }).port);
  call.fail(error);
}

/** @param port what a failed attempt to connect tells */
function describeUnanswered(call: ClientCall, request: TracedRequest, port: unknown): void {
  const origin = originOf(request, port);
  call.setUrl(fullUrl(origin, request.path));
  call.setPeer(peerBlock(hostPortOf(origin), undefined));
}

/** The last event of every request: after an upgrade, or where the response was cut off. */
function onClosed(request: TracedRequest): void {
  const call = request[key];
  const { res } = request;
  if (!call) return;
  if (res?.upgrade === true) {
    describeAnswered(call, request, res);
    call.end();
  } else if (res?.complete === true) call.end();
  else {
    if (!call.isDescribed) describeUnanswered(call, request, undefined);
    call.fail(res?.errored ?? new Aborted());
  }
}

/** The program gave the request up, or the response was cut off. */
class Aborted extends Error {
  readonly code = 'ECONNRESET';
  override readonly message = 'aborted';
}

/** What a socket keeps for the next request. */
interface Connection {
  readonly host: string;
  readonly header: unknown;
  readonly protocolVersion: string;
  /** `https://example.com:8443` */
  readonly origin: string;
  readonly block: AttributeBlock;
}

function connectionOf(request: TracedRequest, socket: ConnectedSocket | null, protocolVersion: string): Connection {
  const header = request.getHeader('host');
  const { host } = request;
  const known = socket?.[connectionKey];
  const isSame = known?.host === host && known.header === header && known.protocolVersion === protocolVersion;
  if (known !== undefined && isSame) return known;
  const origin = originOf(request, socket?.remotePort);
  const block = peerBlock(hostPortOf(origin), socket ?? undefined, protocolVersion);
  const connection = { host, header, protocolVersion, origin, block };
  if (socket) socket[connectionKey] = connection;
  return connection;
}

/** @param port of the connection, which knows what a request without a `Host` header of Node's own does not tell */
function originOf(request: ClientRequest, port: unknown): string {
  const header = ownHostHeader(request);
  if (header !== undefined) return `${request.protocol}//${header}`;
  const suffix = typeof port !== 'number' || port === 80 || port === 443 ? '' : `:${port}`;
  return `${request.protocol}//${hostOf(request)}${suffix}`;
}

/** One that a proxy passes on may name the same host, but comes in lower case, as all that was received. */
function ownHostHeader(request: ClientRequest): string | undefined {
  const header = request.getHeader('host');
  const host = hostOf(request);
  const isOwn = typeof header === 'string' && header.startsWith(host) && /^(:\d+)?$/.test(header.slice(host.length));
  return isOwn && request.getRawHeaderNames().includes('Host') ? header : undefined;
}

function hostOf({ host }: ClientRequest): string {
  return host.includes(':') ? `[${host}]` : host;
}

function hostPortOf(origin: string): HostPort {
  return parseHost(origin.slice(origin.indexOf('//') + 2), origin.startsWith('https:') ? 443 : 80);
}
