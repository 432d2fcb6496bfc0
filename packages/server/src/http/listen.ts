import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { isLoopback, urlOf } from './address.ts';
import { ServerError } from './server-error.ts';

/** @throws ServerError `host-not-safe` where others could reach a server that asks nobody who they are */
export function assertSafeToListen(options: { host: string; authToken?: string; insecure?: boolean }): void {
  if (isLoopback(options.host) || options.authToken || options.insecure) return;
  throw new ServerError(
    'host-not-safe',
    `Listening on ${options.host} would let other machines read and write the traces. ` +
      'Set a token with --auth-token, or say --insecure if the network is trusted.',
  );
}

/**
 * @param flag which sets the port, for the message when it is taken
 * @param fd a socket that listens already, instead of host and port
 * @returns the URL; with port 0, of the port that was found
 */
export async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  flag: string,
  fd?: number,
): Promise<string> {
  try {
    await app.listen({ host, port, ...(fd === undefined ? {} : { fd }) });
  } catch (cause) {
    throw listenError(cause, host, port, flag);
  }
  const address = app.server.address() as AddressInfo;
  return urlOf(host, address.port, 'setSecureContext' in app.server ? 'https' : 'http');
}

/** What `bind` or `listen` threw, as what a person can do about it. */
export function listenError(cause: unknown, host: string, port: number, flag: string): ServerError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'EADDRINUSE') {
    return new ServerError(
      'port-in-use',
      `Port ${port} on ${host} is in use by another program. Choose another with ${flag}; 0 finds a free one.`,
      { cause },
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ServerError('address-unusable', `Cannot listen on ${host} port ${port} (${flag}): ${reason}.`, { cause });
}
