/** What an error of a ClickHouse elsewhere means, and the way out. */
import { errorTypeOf } from './clickhouse-error.ts';
import { StoreError } from './store-error.ts';

/** As it is named in messages. */
export interface Place {
  /** `http://host:8123`. */
  origin: string;
  username: string;
  database: string;
}

const refusals: Record<string, (place: Place) => string> = {
  AUTHENTICATION_FAILED: badCredentials,
  REQUIRED_PASSWORD: badCredentials,
  UNKNOWN_USER: badCredentials,
  WRONG_PASSWORD: badCredentials,
  IP_ADDRESS_NOT_ALLOWED: ({ username }) => `does not let the user ${username} in from this address`,
  UNKNOWN_DATABASE: ({ database }) => `has no database ${database}. Create it, or name another in --clickhouse`,
  ACCESS_DENIED: ({ username, database }) =>
    `does not let the user ${username} do what Sightline has to. GRANT ALL ON ${database}.* TO ${username}, and SELECT ON system.*`,
  NO_ZOOKEEPER: () =>
    'has no Keeper, without which the replicas of its cluster cannot have the same spans. Configure <zookeeper> and <macros> with <shard> and <replica> on every server, ' +
    'or name a cluster without replicas with --clickhouse-cluster',
  READONLY: ({ username }) =>
    `lets the user ${username} only read. Sightline needs a user whose profile does not set readonly = 1`,
};

function badCredentials({ username }: Place): string {
  return (
    `does not accept the user ${username} with this password. Give both in --clickhouse http://user:password@…, ` +
    'or the password in SIGHTLINE_CLICKHOUSE_PASSWORD or with --clickhouse-password-file'
  );
}

const shardIsAway = new Set(['ALL_CONNECTION_TRIES_FAILED', 'NETWORK_ERROR', 'SOCKET_TIMEOUT']);

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const untrusted =
  /^(\w*SELF_SIGNED\w*|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_ALTNAME_INVALID|ERR_SSL_\w+|HOSTNAME_MISMATCH)$/;

/**
 * @param isReading the connection's own settings make it read-only: what else it is asked is the asker's mistake
 * @returns the error itself where the statement is at fault, not how we came there
 */
export function remoteError(error: unknown, place: Place, isReading: boolean): unknown {
  const type = errorTypeOf(error);
  if (isReading && type === 'READONLY') return error;
  const refusal = refusals[type]?.(place);
  if (refusal !== undefined) return refused(`ClickHouse at ${place.origin} ${refusal}.`, error);
  if (shardIsAway.has(type)) {
    const message = error instanceof Error ? error.message : '';
    return new StoreError('store-unreachable', `A shard behind ClickHouse at ${place.origin} is away: ${message}`, {
      cause: error,
    });
  }
  if (type || !(error instanceof Error) || error instanceof StoreError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (untrusted.test(code)) {
    return refused(
      `The certificate of ClickHouse at ${place.origin} is not trusted: ${error.message}. ` +
        'Name the file of the authority that signed it with --clickhouse-ca.',
      error,
    );
  }
  return new StoreError(
    'store-unreachable',
    `ClickHouse at ${place.origin} cannot be reached: ${error.message || code}. Is it running, and is --clickhouse right? ` +
      'What is received waits in the spool meanwhile.',
    { cause: error },
  );
}

function refused(message: string, cause: unknown): StoreError {
  return new StoreError('store-refused', message, { cause });
}
