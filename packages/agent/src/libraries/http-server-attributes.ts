/**
 * What is known of a request when it arrives. Most of it is the connection's, and the same in each of its
 * requests: that is put together once, as a block (see tracer/attributes.ts), and hangs on the socket.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { AttributeBlock, type AttributeList, limitAttributes } from '../tracer/attributes.ts';
import { settings } from '../tracer/settings.ts';
import { type HostPort, parseHost, plainAddress, pushMethod, redactQuery } from './http-attributes.ts';
import { found, readHeaders } from './http-request-headers.ts';

const key: unique symbol = Symbol('sightline.connection');

interface Connection {
  readonly host: string | undefined;
  readonly userAgent: string | undefined;
  readonly isProxied: boolean;
  readonly httpVersion: string;
  /** Of the last request, and its block. */
  method: string;
  block: AttributeBlock;
  /** By method, once there is a second one: most connections are asked in one way only. */
  blocks: Map<string, AttributeBlock> | undefined;
}

/**
 * The attributes that the request shares with others of its connection.
 * @returns undefined for HTTP/2, where {@link sharedAttributes} has to do
 */
export function connectionBlock(request: IncomingMessage): AttributeBlock | undefined {
  if (request.httpVersionMajor !== 1) return undefined;
  const socket = request.socket as Socket & { [key]?: Connection };
  const { method = '' } = request;
  const known = socket[key];
  if (known !== undefined && isSame(known, request)) {
    if (known.method !== method) choose(known, method, request);
    return known.block;
  }
  const block = newBlock(request);
  const { host, userAgent } = found;
  const { httpVersion } = request;
  socket[key] = { host, userAgent, isProxied: isProxied(), httpVersion, method, block, blocks: undefined };
  return block;
}

function choose(connection: Connection, method: string, request: IncomingMessage): void {
  connection.blocks ??= new Map([[connection.method, connection.block]]);
  connection.method = method;
  connection.block = connection.blocks.get(method) ?? newBlock(request);
  connection.blocks.set(method, connection.block);
}

function newBlock(request: IncomingMessage): AttributeBlock {
  return new AttributeBlock(withinLimits(sharedAttributes(request)));
}

function isSame(known: Connection, request: IncomingMessage): boolean {
  return (
    known.host === found.host &&
    known.isProxied === isProxied() &&
    (known.isProxied || known.userAgent === found.userAgent) &&
    known.httpVersion === request.httpVersion
  );
}

/** A proxy sends the requests of many clients over one connection, so what tells the client is the request's. */
function isProxied(): boolean {
  return found.forwardedFor !== undefined;
}

function withinLimits(attributes: AttributeList): AttributeList {
  limitAttributes(attributes, Number.POSITIVE_INFINITY, settings.limits.attributeValueLength);
  return attributes;
}

/** Of this one request, by its headers as {@link readHeaders} left them. Places are kept for what is known at its end. */
export function requestAttributes({ url = '' }: IncomingMessage): AttributeList {
  const path = url.charCodeAt(0) === 47 /* / */ ? url : withoutOrigin(url);
  const question = path.indexOf('?');
  if (question === -1 && !isProxied()) return plainPath(path);
  const attributes: AttributeList = ['url.path', question === -1 ? path : path.slice(0, question)];
  if (question !== -1) attributes.push('url.query', redactQuery(path.slice(question)).slice(1));
  if (found.forwardedFor !== undefined) pushClient(attributes, firstOf(found.forwardedFor));
  return attributes;
}

function pushClient(attributes: AttributeList, address: string | undefined): void {
  if (address !== undefined) attributes.push('client.address', address);
  if (found.userAgent !== undefined) attributes.push('user_agent.original', found.userAgent);
}

/** Most requests; an array of its final length takes a third of the time of one that grows. */
function plainPath(path: string): AttributeList {
  return ['url.path', path, 'http.response.status_code', undefined, 'http.route', undefined];
}

/** What the method, the socket and the headers, as {@link readHeaders} left them, tell of all requests like it. */
export function sharedAttributes(request: IncomingMessage): AttributeList {
  const isEncrypted = 'encrypted' in request.socket;
  const attributes: AttributeList = [];
  pushMethod(attributes, request.method ?? '');
  attributes.push('url.scheme', isEncrypted ? 'https' : 'http');
  pushHost(attributes, found.host ?? authorityOf(request), isEncrypted);
  pushPeer(attributes, request.socket);
  attributes.push('network.protocol.version', request.httpVersion === '2.0' ? '2' : request.httpVersion);
  return attributes;
}

/** Everything in one list, for a request at any time of its life. */
export function serverAttributes(request: IncomingMessage): AttributeList {
  readHeaders(request);
  return [...requestAttributes(request), ...sharedAttributes(request)];
}

/** HTTP/2's `Host`. */
function authorityOf(request: IncomingMessage): string | undefined {
  return (request as { authority?: string }).authority;
}

/** A proxy is asked for `http://host/path`, and `OPTIONS *` has no path at all. */
function withoutOrigin(url: string): string {
  const authority = url.indexOf('://') + 3;
  if (authority < 3) return url;
  const path = url.indexOf('/', authority);
  return path === -1 ? '/' : url.slice(path);
}

let lastHostText = '';
let lastHost: HostPort = { host: '', port: 0 };

function pushHost(attributes: AttributeList, text: string | undefined, isEncrypted: boolean): void {
  if (text === undefined) return;
  // Nearly all requests of a process name the same host.
  if (text !== lastHostText) {
    lastHost = parseHost(text, 0);
    lastHostText = text;
  }
  attributes.push('server.address', lastHost.host);
  attributes.push('server.port', lastHost.port || (isEncrypted ? 443 : 80));
}

function pushPeer(attributes: AttributeList, { remoteAddress, remotePort }: Socket): void {
  const peer = remoteAddress === undefined ? undefined : plainAddress(remoteAddress);
  if (!isProxied()) pushClient(attributes, peer);
  if (peer === undefined || remotePort === undefined) return;
  attributes.push('network.peer.address', peer, 'network.peer.port', remotePort);
}

/** `client, proxy1, proxy2` */
function firstOf(forwarded: string): string {
  const comma = forwarded.indexOf(',');
  return (comma === -1 ? forwarded : forwarded.slice(0, comma)).trim();
}
