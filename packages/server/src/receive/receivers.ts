/** All ports that spans come in at. */
import type { Logger } from 'pino';
import { createApp } from '../http/app.ts';
import { listen } from '../http/listen.ts';
import { maxBodyBytes, type ReceiverDeps } from './intake.ts';
import { registerOtlpHttp } from './otlp-http.ts';

export interface ReceiverOptions {
  /** To listen on. */
  host: string;
  authToken?: string;
  insecure?: boolean;
  /** 0 finds a free one. */
  otlpHttpPort: number;
  /** A socket that listens already, by its file descriptor; then `otlpHttpPort` does not matter. */
  otlpHttpFd?: number;
}

export interface Receivers {
  /** By the names of the ready file. */
  addresses: Record<string, string>;
  /** Answers what has come, and takes no more. */
  close(): Promise<void>;
}

/** @throws ServerError: nothing listens then */
export async function startReceivers(
  options: ReceiverOptions,
  deps: ReceiverDeps & { log: Logger },
): Promise<Receivers> {
  const closes: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => void (await Promise.all(closes.map((stop) => stop())));
  const addresses: Record<string, string> = {};
  try {
    const otlp = createApp({ ...options, log: deps.log, bodyLimitBytes: maxBodyBytes });
    closes.push(() => otlp.close());
    registerOtlpHttp(otlp, deps);
    addresses.otlpHttp = await listen(otlp, options.host, options.otlpHttpPort, '--otlp-http-port', options.otlpHttpFd);
  } catch (error) {
    await close();
    throw error;
  }
  return { addresses, close };
}
