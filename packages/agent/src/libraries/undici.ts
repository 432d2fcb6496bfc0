/**
 * One CLIENT span per request of undici: the one inside Node, which is `fetch`, and any that the
 * program installed. All of them publish the same channels.
 *
 * @see https://github.com/nodejs/undici/blob/main/docs/docs/api/DiagnosticsChannel.md
 */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { guard } from '../guard.ts';
import type { AttributeBlock } from '../tracer/attributes.ts';
import { activeContext } from '../tracer/context.ts';
import { injectSpan } from '../tracer/propagation.ts';
import { identify, isRecorded, Tracer } from '../tracer/tracer.ts';
import { type ClientCall, fullUrl, recordClientCall } from './client-call.ts';
import { type HostPort, parseHost } from './http-attributes.ts';
import { peerBlock, serverBlock } from './http-peer.ts';
import type { Library } from './library.ts';
import { agentScope } from './scope.ts';

const tracer = new Tracer(agentScope('undici'));
const key: unique symbol = Symbol('sightline.clientCall');
const connectionKey: unique symbol = Symbol('sightline.undiciConnection');

type ConnectedSocket = Socket & { [connectionKey]?: { readonly origin: Origin; readonly block: AttributeBlock } };

interface UndiciRequest {
  readonly origin?: string | URL;
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, or, until undici 5, the text of the header. */
  headers: unknown;
  addHeader(name: string, value: string): void;
  readonly upgrade?: unknown;
  /** Until undici 7. */
  onUpgrade?: OnUpgrade;
  /** From undici 8. */
  onRequestUpgrade?: OnUpgrade;
  /** Null where it is not traced. */
  [key]?: ClientCall | null;
}

type OnUpgrade = (this: UndiciRequest, statusCode: number, ...others: unknown[]) => unknown;

export const undici: Library = {
  name: 'undici',
  packages: ['fetch', 'undici'],
  versions: '>=6.0.0',
  source: 'own channels',
  spans: [
    {
      name: '`GET`',
      kind: 3,
      when: '`fetch`, or a request of undici, is made, until its response has ended',
      attributes: ['http.request.method', 'url.full', 'server.address', 'server.port', 'http.response.status_code'],
    },
  ],
  start() {
    subscribe('undici:request:create', guard('undici.create', onCreate));
    subscribe('undici:client:sendHeaders', guard('undici.send', onSend));
    subscribe('undici:request:headers', guard('undici.headers', onHeaders));
    subscribe('undici:request:trailers', guard('undici.end', onEnd));
    subscribe('undici:request:error', guard('undici.error', onError));
  },
};

/** The request at hand, so that no function has to be made for each. */
let target: UndiciRequest | undefined;

function onCreate(message: unknown): void {
  const { request } = message as { request: UndiciRequest };
  const parent = activeContext();
  if (parent.isSuppressed || request[key] !== undefined) return;
  const identity = identify(parent);
  target = request;
  injectSpan(identity, parent.baggage, setHeader);
  target = undefined;
  request[key] = isRecorded(identity, parent) ? recordClientCall(tracer, identity, parent, request.method) : null;
  if (request[key]) describe(request[key], request);
}

function describe(call: ClientCall, request: UndiciRequest): void {
  const { text, block } = originOf(request);
  call.setUrl(fullUrl(text, request.path));
  call.setPeer(block);
  if (request.upgrade || request.method === 'CONNECT') watchUpgrade(request);
}

interface Origin {
  /** `https://example.com:8443` */
  readonly text: string;
  readonly server: HostPort;
  readonly block: AttributeBlock;
}

const maxOrigins = 100;
const origins = new Map<string, Origin>();

function originOf(request: UndiciRequest): Origin {
  const text = String(request.origin ?? '');
  const known = origins.get(text);
  if (known !== undefined) return known;
  if (origins.size === maxOrigins) origins.clear();
  const server = parseHost(text.slice(text.indexOf('//') + 2), text.startsWith('https:') ? 443 : 80);
  const origin = { text, server, block: serverBlock(server) };
  origins.set(text, origin);
  return origin;
}

/**
 * A WebSocket or a tunnel: the request has ended when the connection is handed to the program. Undici before
 * 7.30 and 8.11 publishes nothing then, hence the method that hands it over is replaced, on this one request.
 */
function watchUpgrade(request: UndiciRequest): void {
  const method = request.onUpgrade === undefined ? 'onRequestUpgrade' : 'onUpgrade';
  const original = request[method];
  if (original === undefined) return;
  const upgraded = guard('undici.upgrade', (statusCode: number) => {
    request[key]?.setStatusCode(statusCode);
    request[key]?.end();
    request[key] = null; // a WebSocket keeps its request as long as it lasts
  });
  request[method] = function (statusCode, ...others) {
    upgraded(statusCode);
    return original.call(this, statusCode, ...others);
  };
}

function setHeader(name: string, value: string): void {
  if (target === undefined) return;
  dropHeader(target.headers, name);
  target.addHeader(name, value);
}

/** A caller's headers that the program merely passes on give way: two of them would be none. */
function dropHeader(headers: unknown, name: string): void {
  if (!Array.isArray(headers)) return;
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    const header: unknown = headers[i];
    if (typeof header === 'string' && header.length === name.length && header.toLowerCase() === name) {
      headers.splice(i, 2);
    }
  }
}

function onSend(message: unknown): void {
  const { request, socket } = message as { request: UndiciRequest; socket: ConnectedSocket };
  request[key]?.setPeer(blockOf(originOf(request), socket));
}

/** A connection serves one origin, unless it leads to a proxy. */
function blockOf(origin: Origin, socket: ConnectedSocket): AttributeBlock {
  const known = socket[connectionKey];
  if (known?.origin === origin) return known.block;
  const block = peerBlock(origin.server, socket);
  socket[connectionKey] = { origin, block };
  return block;
}

function onHeaders(message: unknown): void {
  const { request, response } = message as { request: UndiciRequest; response: { statusCode: number } };
  request[key]?.setStatusCode(response.statusCode);
}

function onEnd(message: unknown): void {
  (message as { request: UndiciRequest }).request[key]?.end();
}

function onError(message: unknown): void {
  const { request, error } = message as { request: UndiciRequest; error: unknown };
  request[key]?.fail(error);
}
