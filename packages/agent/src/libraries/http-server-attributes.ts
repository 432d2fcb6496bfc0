import type { IncomingMessage } from 'node:http';
import type { AttributeList } from '../tracer/attributes.ts';
import { type HostPort, parseHost, plainAddress, pushMethod, redactQuery } from './http-attributes.ts';

/** What is known of a request when it arrives. */
export function serverAttributes(request: IncomingMessage): AttributeList {
  const attributes: AttributeList = [];
  const isEncrypted = 'encrypted' in request.socket;
  pushMethod(attributes, request.method ?? '');
  pushUrl(attributes, request.url ?? '', isEncrypted);
  pushHost(attributes, request.headers.host ?? authorityOf(request), isEncrypted);
  pushPeer(attributes, request);
  attributes.push('network.protocol.version', request.httpVersion === '2.0' ? '2' : request.httpVersion);
  const userAgent = request.headers['user-agent'];
  if (userAgent !== undefined) attributes.push('user_agent.original', userAgent);
  return attributes;
}

/** HTTP/2's `Host`. */
function authorityOf(request: IncomingMessage): string | undefined {
  return (request as { authority?: string }).authority;
}

function pushUrl(attributes: AttributeList, url: string, isEncrypted: boolean): void {
  const relative = url.charCodeAt(0) === 47 /* / */ ? url : withoutOrigin(url);
  const question = relative.indexOf('?');
  attributes.push('url.scheme', isEncrypted ? 'https' : 'http');
  attributes.push('url.path', question === -1 ? relative : relative.slice(0, question));
  if (question !== -1) attributes.push('url.query', redactQuery(relative.slice(question)).slice(1));
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

function pushPeer(attributes: AttributeList, request: IncomingMessage): void {
  const { remoteAddress, remotePort } = request.socket;
  const forwarded = request.headers['x-forwarded-for'];
  const peer = remoteAddress === undefined ? undefined : plainAddress(remoteAddress);
  const client = typeof forwarded === 'string' ? firstOf(forwarded) : peer;
  if (client !== undefined) attributes.push('client.address', client);
  if (peer === undefined || remotePort === undefined) return;
  attributes.push('network.peer.address', peer, 'network.peer.port', remotePort);
}

/** `client, proxy1, proxy2` */
function firstOf(forwarded: string): string {
  const comma = forwarded.indexOf(',');
  return (comma === -1 ? forwarded : forwarded.slice(0, comma)).trim();
}
