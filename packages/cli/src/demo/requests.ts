import { askHttp } from '../ask-http.ts';
import type { Services } from './demo-processes.ts';

export function throughProxy(services: Services, target: string): URL {
  return new URL(`/?url=${target}`, services.proxy);
}

export function cacheRequest(services: Services): URL {
  return new URL('/cache', services.proxy);
}

/** Sends a GET and reads the whole answer. @returns its status */
export async function ask(url: URL, stopped: AbortSignal): Promise<number> {
  const { status } = await askHttp(url, { signal: stopped });
  return status;
}
