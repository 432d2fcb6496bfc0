/**
 * Whom a client's requests go to. All requests over one connection say it alike, so it is a block (see
 * tracer/attributes.ts) that hangs on the socket.
 */
import type { Socket } from 'node:net';
import { AttributeBlock, type AttributeList, limitAttributes } from '../tracer/attributes.ts';
import { settings } from '../tracer/settings.ts';
import { type HostPort, plainAddress } from './http-attributes.ts';

export function serverBlock({ host, port }: HostPort): AttributeBlock {
  return blockOf(['server.address', host, 'server.port', port]);
}

/** @param protocolVersion of HTTP; undefined where nobody tells */
export function peerBlock(server: HostPort, socket: Socket | undefined, protocolVersion?: string): AttributeBlock {
  const attributes: AttributeList = ['server.address', server.host, 'server.port', server.port];
  const { remoteAddress, remotePort } = socket ?? {};
  if (remoteAddress !== undefined && remotePort !== undefined) {
    attributes.push('network.peer.address', plainAddress(remoteAddress), 'network.peer.port', remotePort);
  }
  if (protocolVersion !== undefined) attributes.push('network.protocol.version', protocolVersion);
  return blockOf(attributes);
}

function blockOf(attributes: AttributeList): AttributeBlock {
  limitAttributes(attributes, Number.POSITIVE_INFINITY, settings.limits.attributeValueLength);
  return new AttributeBlock(attributes);
}
