import type { AnyValue, KeyValue } from '@sightline/wire';

/**
 * Whom a client span called, in words: `api.example.com`, `the postgresql database`. By the stable conventions first, then by the names
 * that they replaced.
 */
export function peerOf(attributes: KeyValue[] | undefined): string | undefined {
  const database = text(attributes, 'db.system.name') ?? text(attributes, 'db.system');
  if (database) return `the ${database} database`;
  const address =
    text(attributes, 'server.address') ?? text(attributes, 'net.peer.name') ?? text(attributes, 'peer.service');
  const port = text(attributes, 'server.port') ?? text(attributes, 'net.peer.port');
  return address && port && !standardPorts.has(port) ? `${address}:${port}` : address;
}

const standardPorts = new Set(['80', '443']);

function text(attributes: KeyValue[] | undefined, key: string): string | undefined {
  const value: AnyValue | undefined = attributes?.find((attribute) => attribute.key === key)?.value;
  return value?.stringValue ?? value?.intValue;
}
