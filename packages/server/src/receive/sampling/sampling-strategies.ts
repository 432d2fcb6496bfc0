import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { Logger } from 'pino';
import { ServerError } from '../../http/server-error.ts';
import { probabilistic, type SamplingStrategy } from './sampling-strategy.ts';
import { parseStrategies, type Strategies } from './strategies-file.ts';

/** A file that is looked at, not watched: that sees files which are replaced by links, as Kubernetes does. */
const pollIntervalMs = 1000;

/** How much of its traces a service should send: all of them, unless a file says otherwise. */
export class SamplingStrategies {
  readonly #path: string | undefined;
  readonly #log: Pick<Logger, 'info' | 'error'>;
  #strategies: Strategies = { default: probabilistic(1), byService: new Map() };
  readonly #reread = (): void => this.#readAgain();

  private constructor(path: string | undefined, log: Pick<Logger, 'info' | 'error'>) {
    this.#path = path;
    this.#log = log;
  }

  /**
   * @param path of a file in Jaeger's format, which is read again whenever it changes; a new one that cannot be used
   *   is logged, and the old one stays
   * @throws ServerError `sampling-file-unusable`, with the place in the file
   */
  static open(path: string | undefined, log: Pick<Logger, 'info' | 'error'>): SamplingStrategies {
    const strategies = new SamplingStrategies(path, log);
    if (path === undefined) return strategies;
    strategies.#strategies = readStrategies(path);
    watchFile(path, { interval: pollIntervalMs, persistent: false }, strategies.#reread);
    return strategies;
  }

  for(service: string): SamplingStrategy {
    return this.#strategies.byService.get(service) ?? this.#strategies.default;
  }

  close(): void {
    if (this.#path !== undefined) unwatchFile(this.#path, this.#reread);
  }

  #readAgain(): void {
    if (this.#path === undefined) return;
    try {
      this.#strategies = readStrategies(this.#path);
      this.#log.info({ path: this.#path }, 'the sampling strategies were read again');
    } catch (error) {
      this.#log.error({ err: error }, 'the sampling strategies stay as they were');
    }
  }
}

function readStrategies(path: string): Strategies {
  try {
    return parseStrategies(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ServerError('sampling-file-unusable', `Cannot use the sampling strategies in ${path}: ${reason}.`, {
      cause,
    });
  }
}
