import { isIP } from 'node:net';

/** True for an address that only programs on this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `http://127.0.0.1:4318`, `http://[::1]:4318`, `udp://127.0.0.1:6831` */
export function urlOf(host: string, port: number, scheme: 'http' | 'https' | 'udp' = 'http'): string {
  return `${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
