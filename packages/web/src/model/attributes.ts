/** OTLP's attribute values as text, and attributes in the groups in which a person looks for them. */
import type { AnyValue, KeyValue } from '@sightline/wire';

export type ValueType = 'string' | 'int' | 'double' | 'bool' | 'array' | 'map' | 'bytes' | 'empty';

export interface AttributeGroup {
  title: string;
  attributes: KeyValue[];
}

export function valueType(value: AnyValue): ValueType {
  if (value.stringValue !== undefined) return 'string';
  if (value.intValue !== undefined) return 'int';
  if (value.doubleValue !== undefined) return 'double';
  if (value.boolValue !== undefined) return 'bool';
  if (value.arrayValue !== undefined) return 'array';
  if (value.kvlistValue !== undefined) return 'map';
  if (value.bytesValue !== undefined) return 'bytes';
  return 'empty';
}

/** The value as a person reads it, and as a search takes it. Arrays and maps become JSON. */
export function attributeText(value: AnyValue): string {
  const plain = plainValue(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

export function attributeOf(attributes: readonly KeyValue[] | undefined, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const found = attributes?.find((attribute) => attribute.key === key);
    if (found) return attributeText(found.value);
  }
  return undefined;
}

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

function plainValue(value: AnyValue): Plain {
  // Integers stay text: JSON's numbers would lose digits of the large ones.
  if (value.intValue !== undefined) return rawJson(value.intValue);
  if (value.arrayValue) return value.arrayValue.values.map(plainValue);
  if (value.kvlistValue) {
    return Object.fromEntries(value.kvlistValue.values.map((entry) => [entry.key, plainValue(entry.value)]));
  }
  return value.stringValue ?? value.doubleValue ?? value.boolValue ?? value.bytesValue ?? null;
}

function rawJson(int: string): Plain {
  const number = Number(int);
  return Number.isSafeInteger(number) ? number : int;
}

const spanGroups: readonly (readonly [title: string, prefixes: readonly string[]])[] = [
  ['Error', ['error.', 'exception.']],
  ['HTTP', ['http.', 'url.', 'user_agent.']],
  ['Database', ['db.']],
  ['Messaging', ['messaging.']],
  ['RPC', ['rpc.']],
  ['GraphQL', ['graphql.']],
  ['Network', ['server.', 'client.', 'network.', 'net.', 'peer.', 'source.', 'destination.', 'tls.', 'dns.']],
  ['Code', ['code.', 'thread.']],
];

const resourceGroups: readonly (readonly [title: string, prefixes: readonly string[]])[] = [
  ['Service', ['service.', 'deployment.']],
  ['Process', ['process.']],
  ['Host', ['host.', 'os.']],
  ['Container', ['container.', 'k8s.']],
  ['Cloud', ['cloud.', 'aws.', 'gcp.', 'azure.', 'faas.']],
  ['Telemetry', ['telemetry.']],
];

/** `item.2` before `item.10`. */
const byKey = new Intl.Collator('en', { numeric: true });

/** Groups in a fixed order, what belongs to none last; within a group by key. */
export function groupAttributes(attributes: readonly KeyValue[], of: 'span' | 'resource'): AttributeGroup[] {
  const titled = new Map<string, KeyValue[]>();
  const table = of === 'span' ? spanGroups : resourceGroups;
  for (const [title] of table) titled.set(title, []);
  titled.set('Other', []);
  for (const attribute of [...attributes].sort((a, b) => byKey.compare(a.key, b.key))) {
    const [title] = table.find(([, prefixes]) => prefixes.some((prefix) => attribute.key.startsWith(prefix))) ?? [
      'Other',
    ];
    titled.get(title)?.push(attribute);
  }
  return [...titled]
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => ({ title, attributes: members }));
}
