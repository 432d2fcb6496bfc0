/** Whom a call went to, for rows whose name says only `GET` or `SELECT`. */
import { attributeOf } from './attributes.ts';
import type { TraceSpan } from './trace.ts';

const clientKind = 3;
const producerKind = 4;

/** `localhost:4002/delay/3000`, `shop`, `orders`; undefined where the span calls nobody or its name says it all. */
export function calleeText({ raw, kind, name }: TraceSpan): string | undefined {
  if (kind !== clientKind && kind !== producerKind) return undefined;
  const callee = url(raw.attributes) ?? database(raw.attributes) ?? queue(raw.attributes) ?? address(raw.attributes);
  return callee && !name.includes(callee) ? callee : undefined;
}

type Attributes = TraceSpan['raw']['attributes'];

/** Without the query: it is long, and the detail has it. */
function url(attributes: Attributes): string | undefined {
  const full = attributeOf(attributes, 'url.full', 'http.url');
  if (!full || !URL.canParse(full)) return undefined;
  const { host, pathname } = new URL(full);
  return host && `${host}${pathname === '/' ? '' : pathname}`;
}

function database(attributes: Attributes): string | undefined {
  return attributeOf(attributes, 'db.namespace', 'db.name', 'db.system.name', 'db.system');
}

function queue(attributes: Attributes): string | undefined {
  return attributeOf(attributes, 'messaging.destination.name', 'messaging.system');
}

function address(attributes: Attributes): string | undefined {
  const host = attributeOf(attributes, 'server.address', 'net.peer.name', 'peer.service');
  const port = attributeOf(attributes, 'server.port', 'net.peer.port');
  return host && port ? `${host}:${port}` : host;
}
