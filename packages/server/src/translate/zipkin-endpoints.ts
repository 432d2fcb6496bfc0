/**
 * Zipkin's endpoints as attributes, by OpenTelemetry's names for the two ends of a connection. What would
 * contradict a tag of the same name, or does not fit beside the first address, gets a name of its own.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/network/choosing-network-attributes/
 * @see https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/#remote-endpoint
 */
import type { AnyValue } from '@sightline/wire';
import type { ZipkinEndpoint, ZipkinSpan } from './zipkin-span.ts';

const clientKind = 3;
const producerKind = 4;

/** The name of the local service is not among them: that is the resource's. */
export function addEndpoints(attributes: Map<string, AnyValue>, { local, remote, kind }: ZipkinSpan): void {
  if (local) addAddress(attributes, local, 'network.local', 'zipkin.local_endpoint');
  if (!remote) return;
  addAddress(attributes, remote, 'network.peer', 'zipkin.remote_endpoint');
  addText(attributes, remote.serviceName, 'peer.service', 'zipkin.remote_endpoint.service_name');
  // A callee without a name is known by its address.
  if (remote.serviceName === '' && (kind === clientKind || kind === producerKind)) addServer(attributes, remote);
}

function addAddress(
  attributes: Map<string, AnyValue>,
  { ipv4, ipv6, port }: ZipkinEndpoint,
  prefix: string,
  otherPrefix: string,
): void {
  addText(attributes, ipv4, `${prefix}.address`, `${otherPrefix}.ipv4`);
  addText(attributes, ipv6, `${prefix}.address`, `${otherPrefix}.ipv6`);
  if (port !== 0) add(attributes, { intValue: String(port) }, `${prefix}.port`, `${otherPrefix}.port`);
}

function addServer(attributes: Map<string, AnyValue>, { ipv4, ipv6, port }: ZipkinEndpoint): void {
  const address = ipv4 || ipv6;
  if (address === '' || attributes.has('server.address')) return;
  attributes.set('server.address', { stringValue: address });
  if (port !== 0 && !attributes.has('server.port')) attributes.set('server.port', { intValue: String(port) });
}

function addText(attributes: Map<string, AnyValue>, text: string, key: string, otherKey: string): void {
  if (text !== '') add(attributes, { stringValue: text }, key, otherKey);
}

function add(attributes: Map<string, AnyValue>, value: AnyValue, key: string, otherKey: string): void {
  const known = attributes.get(key);
  if (!known) attributes.set(key, value);
  else if (textOf(known) !== textOf(value)) attributes.set(otherKey, value);
}

function textOf(value: AnyValue): string | undefined {
  return value.stringValue ?? value.intValue;
}
