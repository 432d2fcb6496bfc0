import type { Logger } from 'pino';
import type { Store } from './store.ts';

const everyMs = 60_000;

export interface RetentionOptions {
  store: Store;
  log: Logger;
  /** How long spans are kept, in milliseconds; then of services that have a time of their own. */
  retention: number;
  serviceRetention?: Record<string, number>;
  maxDiskBytes: number;
}

/** Enforces retention now and every minute. @returns stops it, and waits for a run under way */
export function scheduleRetention(options: RetentionOptions): () => Promise<void> {
  let running = run(options);
  const timer = setInterval(() => {
    running = running.then(() => run(options));
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function run({ store, log, retention, serviceRetention, maxDiskBytes }: RetentionOptions): Promise<void> {
  const nowMs = Date.now();
  const services = Object.entries(serviceRetention ?? {}).map(([name, ms]) => [name, nowMs - ms] as const);
  const limits = { receivedBeforeMs: nowMs - retention, services: new Map(services), maxDiskBytes };
  try {
    const dropped = await store.enforceRetention(limits);
    if (dropped.droppedSpans > 0) log.info(dropped, 'old spans were dropped');
  } catch (error) {
    log.error({ err: error }, 'retention failed; it is tried again in a minute');
  }
}
