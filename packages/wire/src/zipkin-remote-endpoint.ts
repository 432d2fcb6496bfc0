/** A service as Zipkin knows it. */
export interface ZipkinEndpoint {
  readonly serviceName?: string;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly port?: number;
}

/** Attributes that name who was called, the best first, with the one that has the port to it. */
const candidates: readonly (readonly [address: string, port?: string])[] = [
  ['peer.service'],
  ['server.address', 'server.port'],
  ['net.peer.name', 'net.peer.port'],
  ['network.peer.address', 'network.peer.port'],
  ['server.socket.domain'],
  ['server.socket.address', 'server.socket.port'],
  ['net.sock.peer.name'],
  ['net.sock.peer.addr', 'net.sock.peer.port'],
  ['peer.hostname'],
  ['peer.address'],
  ['db.name'],
];

/** 4, 6, or 0 for what is no address: `isIP` of `node:net`, which is not everywhere. */
export type IpVersionOf = (text: string) => number;

/**
 * Who a client or producer span called; Zipkin draws its dependencies by this name, so an address is one, too.
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/#remote-endpoint
 */
export function remoteEndpoint(
  tags: ReadonlyMap<string, string>,
  ipVersionOf: IpVersionOf,
): ZipkinEndpoint | undefined {
  for (const [addressKey, portKey = ''] of candidates) {
    const address = tags.get(addressKey);
    if (!address) continue;
    const port = Number(tags.get(portKey));
    return { serviceName: address, ...ipOf(address, ipVersionOf(address)), ...(isPort(port) && { port }) };
  }
  return undefined;
}

function ipOf(address: string, version: number): { ipv4?: string; ipv6?: string } {
  if (version === 0) return {};
  return version === 4 ? { ipv4: address } : { ipv6: address };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}
