/**
 * Where a ClickHouse is, and as whom to come: `http://user:password@host:8123/database`. Every part but the host may be left
 * out. Several hosts, separated by commas, are those of one cluster: the first that answers is asked.
 */
import { readFileSync } from 'node:fs';
import type { QueryLimits } from './query-budget.ts';
import { StoreError } from './store-error.ts';

export interface ClickHouseOptions {
  /** `http://user:password@host:8123/database`, or `https:`. */
  url: string;
  /** In place of that in the URL, which others can see in the list of processes. */
  password?: string;
  /** A file that holds the password, and perhaps a line end. */
  passwordFile?: string;
  /** A PEM file of the authorities that may have signed the server's certificate, besides the well-known ones. */
  caFile?: string;
  /** A cluster that the server knows: spans are spread over its shards. */
  cluster?: string;
  limits?: QueryLimits;
}

export interface ClickHouseAddress {
  /** Of each host: scheme, host and port. */
  origins: readonly string[];
  username: string;
  password: string;
  database: string;
  ca: Buffer | undefined;
  limits: QueryLimits;
}

const example = 'Write it as http://user:password@host:8123/database.';
const parts = /^(https?):\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^/?#]*))?\/?$/;

/** @throws StoreError `clickhouse-options-invalid` */
export function clickHouseAddress(options: ClickHouseOptions): ClickHouseAddress {
  const [, scheme = '', credentials = '', hosts = '', path = ''] = parts.exec(options.url) ?? [];
  if (!hosts) throw invalid(`--clickhouse ${withoutPassword(options.url)} is not the URL of a ClickHouse. ${example}`);
  const [user = '', ...password] = credentials.split(':');
  return {
    origins: hosts.split(',').map((host) => originOf(scheme, host, options.url)),
    username: decode(user, options.url) || 'default',
    password: givenPassword(options) ?? decode(password.join(':'), options.url),
    database: decode(path, options.url) || 'sightline',
    ca: options.caFile === undefined ? undefined : readGiven(options.caFile, '--clickhouse-ca'),
    limits: options.limits ?? {},
  };
}

function originOf(scheme: string, host: string, url: string): string {
  const hasPort = /:\d+$/.test(host);
  try {
    return new URL(`${scheme}://${host}${hasPort ? '' : `:${scheme === 'http' ? 8123 : 8443}`}`).origin;
  } catch {
    throw invalid(`--clickhouse ${withoutPassword(url)}: "${host}" is not a host and a port. ${example}`);
  }
}

function givenPassword({ password, passwordFile }: ClickHouseOptions): string | undefined {
  if (password !== undefined) return password;
  if (passwordFile === undefined) return undefined;
  return readGiven(passwordFile, '--clickhouse-password-file')
    .toString()
    .replace(/\r?\n$/, '');
}

function readGiven(path: string, flag: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalid(`The file of ${flag} cannot be read: ${reason}`);
  }
}

function decode(text: string, url: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`--clickhouse ${withoutPassword(url)}: a % in it begins no two hexadecimal digits; write it as %25.`);
  }
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ':…@');
}

function invalid(message: string): StoreError {
  return new StoreError('clickhouse-options-invalid', message);
}
