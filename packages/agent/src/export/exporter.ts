/**
 * From a finished span to the backend. Spans become bytes as they end, and leave the program at the
 * next tick of a timer, or sooner where there are many. While the backend is away or busy they stay in
 * the one buffer as long as it is small, so that a quiet program does not pile up tiny batches.
 */
import { AsyncResource } from 'node:async_hooks';
import type { BatchSettings } from '../config.ts';
import type { Endpoint } from '../config-endpoint.ts';
import { counters } from '../counters.ts';
import { guard } from '../guard.ts';
import { timeExactly } from '../own-time.ts';
import type { AttributeList } from '../tracer/attributes.ts';
import type { Span } from '../tracer/span.ts';
import { flushAtExit } from './exit-flush.ts';
import { createProtocol, type Protocol, type ProtocolSettings } from './protocol.ts';
import { Sender } from './sender.ts';
import { SpanBuffer } from './span-buffer.ts';
import { createTarget } from './target.ts';

/** What is kept of encoded spans while the backend is away. */
const maxQueueBytes = 8 * 1_048_576;
/** Handing that to the system takes a millisecond, in which the program stands still. */
const maxRequestBytes = 1_048_576;
const maxBufferBytes = 262_144;
/** Of what is translated into another format before it leaves, which takes 5 ms for that much. */
const maxTranslatedBytes = 32_768;

export interface ExporterOptions {
  readonly endpoint: Endpoint;
  readonly batch: BatchSettings;
  readonly resource: AttributeList;
  readonly userAgent: string;
  /** Attributes of the resource that change while the program runs; see {@link Exporter.resourceChanged}. */
  readonly describeState: () => AttributeList;
  /** Where exit-worker.cjs and exporters.cjs stand. */
  readonly folder: string;
  /** Told when there begins to be something to lose, and when there is nothing any more. */
  readonly onUnsent: (hasUnsent: boolean) => void;
}

export class Exporter {
  readonly #options: ExporterOptions;
  readonly #buffer: SpanBuffer;
  readonly #maxBufferBytes: number;
  readonly #maxRequestBytes: number;
  readonly #sender: Sender;
  readonly #settings: ProtocolSettings;
  readonly #protocol: Protocol;
  readonly #outside = new AsyncResource('SIGHTLINE');
  readonly #onTimer = guard('export.timer', () => this.#flush());
  #timer: NodeJS.Timeout | undefined;
  #hasUnsent = false;

  /** @throws where a certificate file of the endpoint, or exporters.cjs, cannot be read */
  constructor(options: ExporterOptions) {
    const { batch, endpoint, folder, userAgent } = options;
    const { format, timeoutMs, gzip } = endpoint;
    const isTranslated = format !== 'http/protobuf' && format !== 'grpc';
    this.#options = options;
    this.#maxBufferBytes = isTranslated ? maxTranslatedBytes : maxBufferBytes;
    this.#maxRequestBytes = isTranslated ? maxTranslatedBytes : maxRequestBytes;
    this.#buffer = new SpanBuffer(() => [...options.resource, ...options.describeState()]);
    this.#settings = { format, target: createTarget(endpoint, userAgent), timeoutMs, gzip, folder };
    this.#protocol = createProtocol(this.#settings);
    this.#sender = new Sender({
      protocol: this.#protocol,
      destination: endpoint.url.host,
      gzip,
      timeoutMs,
      queue: { maxBytes: maxQueueBytes - maxBufferBytes, maxSpans: batch.maxQueueSize },
      request: this.#requestLimits,
      onFree: () => this.#onFree(),
      runOutside: (fn) => this.#outside.runInAsyncScope(fn),
    });
  }

  get #requestLimits(): { maxBytes: number; maxSpans: number } {
    return { maxBytes: this.#maxRequestBytes, maxSpans: this.#options.batch.maxExportBatchSize };
  }

  /** As a span starts: the connection is made while the span lasts, so that even an exit right after it finds it. */
  readonly expectSpan: () => void = guard('export.prepare', () => this.#sender.prepare());

  add(span: Span): void {
    this.#buffer.add(span);
    counters.spans++;
    if (this.#timer === undefined) this.#startTimer();
    if (!this.#hasUnsent) this.#tellUnsent();
    if (this.#isBufferFull()) this.#takeBatch();
  }

  /** Spans that end from now on come of the resource as it is now. */
  resourceChanged(): void {
    this.#takeBatch();
    this.#buffer.forgetResource();
  }

  /** Spans that the backend has not acknowledged. */
  get unsentSpans(): number {
    return this.#buffer.spanCount + this.#sender.queue.spanCount;
  }

  /** Without an event loop: see exit-flush.ts. */
  flushAtExit(): void {
    const batch = this.#buffer.take();
    if (batch !== undefined) this.#sender.pushAtExit(batch);
    flushAtExit(this.#sender, {
      protocol: this.#protocol,
      settings: this.#settings,
      request: this.#requestLimits,
    });
    this.#tellUnsent();
  }

  #isBufferFull(): boolean {
    const { sizeBytes, spanCount } = this.#buffer;
    return sizeBytes >= this.#maxBufferBytes || spanCount >= this.#options.batch.maxExportBatchSize;
  }

  /** Outside of the request that has just ended, whose context the timer would keep alive. */
  #startTimer(): void {
    this.#outside.runInAsyncScope(() => {
      this.#timer = setTimeout(this.#onTimer, this.#options.batch.scheduleDelayMs).unref();
    });
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#sender.isFree) this.#takeBatch();
  }

  #onFree(): void {
    if (this.#timer === undefined) this.#takeBatch();
    this.#tellUnsent();
  }

  /** Timed by itself, since it is not the work of the one span that happened to fill the buffer. */
  readonly #takeBatch: () => void = timeExactly(() => {
    const batch = this.#buffer.take();
    if (batch !== undefined) this.#sender.push(batch);
  });

  #tellUnsent(): void {
    const hasUnsent = this.#buffer.spanCount > 0 || !this.#sender.isIdle;
    if (hasUnsent === this.#hasUnsent) return;
    this.#hasUnsent = hasUnsent;
    this.#options.onUnsent(hasUnsent);
  }
}
