import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from './demo-processes.ts';
import { ask, cacheRequest, throughProxy } from './requests.ts';

const pauseMs = 1_500;

/** A little of everything until `stopped`, so that the pages have something new to show. */
export async function keepTraffic(services: Services, stopped: AbortSignal): Promise<void> {
  while (!stopped.aborted) {
    await ask(someRequest(services), stopped).catch(() => undefined);
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal: stopped }).catch(() => undefined);
  }
}

function someRequest(services: Services): URL {
  const { 'proxy-python': python } = services;
  if (python && Math.random() < 0.2) return new URL(`/cache?url=${services.fast}/sayings/${randomSaying()}`, python);
  const dice = Math.random();
  if (dice < 0.4) return throughProxy(services, `${services.fast}/sayings/${randomSaying()}`);
  if (dice < 0.65) return cacheRequest(services);
  if (dice < 0.9) return throughProxy(services, `${services.slow}/delay/${50 + Math.floor(Math.random() * 1_200)}`);
  // One that does not exist, and one that nobody answers.
  if (dice < 0.95) return throughProxy(services, `${services.fast}/sayings/99`);
  return throughProxy(services, 'http://127.0.0.1:1/');
}

function randomSaying(): number {
  return 1 + Math.floor(Math.random() * 4);
}
