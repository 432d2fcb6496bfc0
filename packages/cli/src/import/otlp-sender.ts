/**
 * Sends OTLP over HTTP, a few requests at a time, and again where the backend asks for it. A request whose answer was
 * lost is repeated as well: of spans that are the same in every field, readers see one.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
import { setTimeout } from 'node:timers/promises';
import { exportTraceResponse, readProtobuf, rpcStatus } from '@sightline/wire';
import { UntrustedError } from '../untrusted.ts';
import type { Batch } from './batch.ts';
import { HttpPoster, type PostAnswer } from './http-post.ts';
import type { ImportReport } from './import-report.ts';

const maxInFlight = 4;
/** For which the backend may be away, or busy. */
const patienceMs = 120_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** It is of no use to go on. */
export class BackendUnusable extends Error {}

export class OtlpSender {
  /** Does the backend let us wait? */
  isWaiting = false;
  readonly #poster: HttpPoster;
  readonly #address: string;
  readonly #report: ImportReport;
  readonly #signal: AbortSignal;
  readonly #inFlight = new Set<Promise<void>>();
  #fault: unknown;
  #hasAnswered = false;

  /** @param signal ends the waiting for another try; requests under way have their answer */
  constructor(url: URL, token: string | undefined, report: ImportReport, signal: AbortSignal) {
    const authorization = token ? { authorization: `Bearer ${token}` } : {};
    this.#poster = new HttpPoster(url, { 'content-type': 'application/x-protobuf', ...authorization });
    this.#address = url.href;
    this.#report = report;
    this.#signal = signal;
  }

  /** Resolves when there is room for the next. @throws BackendUnusable, for an earlier batch as well */
  async send(batch: Batch): Promise<void> {
    const request = this.#deliver(batch)
      .catch((error: unknown) => {
        this.#fault ??= error;
      })
      .finally(() => this.#inFlight.delete(request));
    this.#inFlight.add(request);
    if (this.#inFlight.size >= maxInFlight) await Promise.race(this.#inFlight);
    if (this.#fault) throw this.#fault;
  }

  /** Waits for all answers. @throws BackendUnusable */
  async finish(): Promise<void> {
    await Promise.all(this.#inFlight);
    this.#poster.close();
    if (this.#fault) throw this.#fault;
  }

  async #deliver(batch: Batch): Promise<void> {
    const deadline = performance.now() + patienceMs;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      const answer = await this.#try(batch);
      const retryMs = 'status' in answer ? this.#judge(batch, answer) : pauseMs;
      if (retryMs === undefined) return;
      const isHopeless = this.#fault !== undefined || ('failure' in answer && !this.#hasAnswered);
      if (isHopeless || this.#signal.aborted || performance.now() > deadline) throw this.#unusable(answer);
      await this.#pause(Math.max(pauseMs, retryMs));
    }
  }

  async #try(batch: Batch): Promise<PostAnswer | { failure: string }> {
    try {
      const answer = await this.#poster.post(batch.payload);
      this.#hasAnswered = true;
      return answer;
    } catch (error) {
      if (error instanceof UntrustedError) throw new BackendUnusable(error.message);
      const { message, code } = error as NodeJS.ErrnoException;
      return { failure: message || code || String(error) };
    }
  }

  async #pause(pauseMs: number): Promise<void> {
    this.isWaiting = true;
    // Aborted, it says so by the next failure.
    await setTimeout(pauseMs, undefined, { signal: this.#signal }).catch(() => {});
    this.isWaiting = false;
  }

  /** @returns when to try again; undefined when it is settled */
  #judge(batch: Batch, answer: PostAnswer): number | undefined {
    const { status, headers } = answer;
    if (retryable.has(status)) return 1_000 * (Number(headers['retry-after']) || 0);
    if (status === 401 || status === 403 || status === 404 || status === 405) throw this.#unusable(answer);
    if (status >= 200 && status < 300) this.#accept(batch, answer.body);
    else this.#report.refused(batch.spanCount, `status ${status}: ${messageOf(answer.body)}`);
    return undefined;
  }

  /** What we know to be refused, it refuses as well. */
  #accept({ spanCount, refusedCount }: Batch, body: Uint8Array): void {
    const { rejectedSpans = '0', errorMessage = '' } = partialSuccessOf(body);
    const refused = Math.min(spanCount, Math.max(0, Number(rejectedSpans) - refusedCount));
    this.#report.sentSpans += spanCount - refused;
    if (refused > 0) this.#report.refused(refused, errorMessage);
  }

  #unusable(answer: PostAnswer | { failure: string }): BackendUnusable {
    if ('failure' in answer) {
      return new BackendUnusable(
        `No backend takes spans at ${this.#address}: ${answer.failure}. Start one with "sightline up", or name another with --to.`,
      );
    }
    const advice = answer.status === 401 ? ' It wants a token: give it with --auth-token.' : '';
    return new BackendUnusable(
      `${this.#address} answered with status ${answer.status}: ${messageOf(answer.body)}.${advice}`,
    );
  }
}

function partialSuccessOf(body: Uint8Array): { rejectedSpans?: string; errorMessage?: string } {
  try {
    const { partialSuccess = {} } = readProtobuf(body, exportTraceResponse) as { partialSuccess?: object };
    return partialSuccess;
  } catch {
    // The status has said that the spans have arrived.
    return {};
  }
}

function messageOf(body: Buffer): string {
  try {
    const { message } = readProtobuf(body, rpcStatus) as { message?: string };
    if (message) return message.replace(/\.$/, '');
  } catch {
    // Not OTLP: what is between here and there, a proxy for example, has its own words.
  }
  return body.toString('utf8', 0, 200).trim();
}
