import { RefusedError } from './backend-api.ts';
import { UntrustedError } from './untrusted.ts';

/**
 * Why the backend did not answer, and what to do about it.
 * @param address of its HTTP API
 */
export function backendFault(error: unknown, address: string): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (error instanceof UntrustedError) return message;
  if (!(error instanceof RefusedError)) {
    return `no backend answers at ${address}: ${message || code}. Start one with "sightline up", or name another with --from.`;
  }
  return error.status === 401 ? `${address} wants a token: give it with --auth-token.` : error.reason;
}
