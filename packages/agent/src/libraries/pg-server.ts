/**
 * Whom the queries of a connection go to. All connections to one database say it alike, and most queries have a
 * text that was there before: what they say is put together once per server and text (see AttributeBlock).
 */
import type { Socket } from 'node:net';
import { AttributeBlock, type AttributeList, limitAttributes } from '../tracer/attributes.ts';
import { settings } from '../tracer/settings.ts';
import { plainAddress } from './http-attributes.ts';
import type { SqlText } from './sql-text.ts';

const key: unique symbol = Symbol('sightline.pgServer');

/** The client of pg, as far as it concerns us. */
export interface PgClient {
  /** A name, an address, or the folder of a Unix domain socket. */
  readonly host?: string | null;
  readonly port?: number;
  readonly database?: string | null;
  readonly _connected?: boolean;
  readonly _connecting?: boolean;
  /** The driver over libpq has none. */
  readonly connection?: PgConnection;
  [key]?: PgServer;
}

export interface PgConnection {
  readonly stream?: Pick<Socket, 'remoteAddress' | 'remotePort'>;
  /** Texts of prepared statements, by their names. */
  readonly parsedStatements?: Readonly<Record<string, unknown>>;
  on(event: string, listener: (argument: unknown) => void): unknown;
  removeListener(event: string, listener: (argument: unknown) => void): unknown;
}

export class PgServer {
  readonly #attributes: AttributeList;
  /** What a span says that is of no query. */
  readonly block: AttributeBlock;
  readonly #full = new WeakMap<SqlText, AttributeBlock>();
  readonly #reduced = new WeakMap<SqlText, AttributeBlock>();

  constructor(attributes: AttributeList) {
    this.#attributes = attributes;
    this.block = blockOf([...attributes]);
  }

  blockFor(sql: SqlText): AttributeBlock {
    const blocks = settings.reducesDetail ? this.#reduced : this.#full;
    const known = blocks.get(sql);
    if (known !== undefined) return known;
    const block = blockOf([...this.#attributes, ...queryAttributes(sql)]);
    blocks.set(sql, block);
    return block;
  }
}

function queryAttributes({ operation, collection, summary, text }: SqlText): AttributeList {
  const attributes: AttributeList = [];
  if (operation !== '') attributes.push('db.operation.name', operation);
  if (collection !== undefined) attributes.push('db.collection.name', collection);
  attributes.push('db.query.summary', summary);
  if (!settings.reducesDetail) attributes.push('db.query.text', text);
  return attributes;
}

export function blockOf(attributes: AttributeList): AttributeBlock {
  limitAttributes(attributes, Number.POSITIVE_INFINITY, settings.limits.attributeValueLength);
  return new AttributeBlock(attributes);
}

const maxServers = 100;
const servers = new Map<string, PgServer>();

/** A client that is not connected yet has no peer, and is looked at again. */
export function serverOf(client: PgClient): PgServer {
  const known = client[key];
  if (known !== undefined) return known;
  const server = sharedServer([...databaseAttributes(client), ...peerAttributes(client)]);
  if (client._connected) Object.defineProperty(client, key, { value: server });
  return server;
}

function sharedServer(attributes: AttributeList): PgServer {
  const name = attributes.join('\n');
  const known = servers.get(name);
  if (known !== undefined) return known;
  if (servers.size === maxServers) servers.clear();
  const server = new PgServer(attributes);
  servers.set(name, server);
  return server;
}

/** What every client of one pool says. */
export function databaseAttributes(client: PgClient): AttributeList {
  const attributes: AttributeList = ['db.system.name', 'postgresql'];
  if (client.database) attributes.push('db.namespace', client.database);
  const { host, port } = client;
  if (!host) return attributes;
  if (host.startsWith('/')) return [...attributes, 'server.address', `${host}/.s.PGSQL.${port}`];
  attributes.push('server.address', host);
  if (Number.isInteger(port)) attributes.push('server.port', port);
  return attributes;
}

function peerAttributes({ connection }: PgClient): AttributeList {
  const { remoteAddress, remotePort } = connection?.stream ?? {};
  if (remoteAddress === undefined || remotePort === undefined) return [];
  return ['network.peer.address', plainAddress(remoteAddress), 'network.peer.port', remotePort];
}
