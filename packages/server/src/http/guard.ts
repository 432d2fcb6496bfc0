/**
 * Who may talk to us. The `Host` header is checked against DNS rebinding: a page on evil.example whose name
 * was made to point to 127.0.0.1 still sends `Host: evil.example`. An IP address cannot be rebound,
 * so those pass. A token, where one is set, is asked for everywhere but at the health checks.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Certificate } from './certificate.ts';

export interface GuardOptions {
  /** The address that is listened on. */
  host: string;
  authToken?: string;
  /** Then everything is said over TLS. */
  certificate?: Certificate | undefined;
}

export type Refusal = { status: 401 | 421; code: string; message: string };

/** @returns why a request is refused; undefined when it may pass */
export function refusalOf(
  request: { host: string | undefined; authorization: string | undefined; path: string },
  options: GuardOptions,
): Refusal | undefined {
  const name = hostNameOf(request.host);
  if (!isOurName(name, options)) {
    return {
      status: 421,
      code: 'host-not-allowed',
      message: `The Host header names ${JSON.stringify(name)}, which is not this server. Use localhost, an IP address, or start with --host ${name}.`,
    };
  }
  if (!options.authToken || isOpenPath(request.path) || hasToken(request.authorization, options.authToken)) return;
  return {
    status: 401,
    code: 'unauthorized',
    message: 'This server asks for its token: send "Authorization: Bearer <token>".',
  };
}

function hostNameOf(header: string | undefined): string {
  const host = (header ?? '').toLowerCase();
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed?.[1] ?? host.replace(/:\d*$/, '').replace(/\.$/, '');
}

/** No page can rebind a name that our certificate has: browsers ask for one of the name that they were given. */
function isOurName(name: string, { host, certificate }: GuardOptions): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || isIP(name) !== 0) return true;
  return name === host.toLowerCase() || name === hostname().toLowerCase() || certificate?.hasName(name) === true;
}

/** Probes of a container platform carry no token, and learn nothing but that we live. */
function isOpenPath(path: string): boolean {
  return path === '/healthz' || path === '/readyz';
}

/** Also as the password of Basic authentication, because that is what a browser can ask a person for. */
function hasToken(authorization: string | undefined, token: string): boolean {
  const [, scheme = '', credentials = ''] = /^(\S+)\s+(.*)$/.exec(authorization ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return isEqual(credentials, token);
  if (scheme.toLowerCase() !== 'basic') return false;
  return isEqual(
    Buffer.from(credentials, 'base64')
      .toString('utf8')
      .replace(/^[^:]*:/, ''),
    token,
  );
}

/** In a time that does not tell how much was right. */
function isEqual(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
