/**
 * What `/metrics` shows, in Prometheus' text format. Written out because it is four kinds of lines;
 * prom-client would bring two packages and an asynchronous registry for them.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Why a span or a request was not taken. */
export type RejectReason =
  | 'undecodable'
  | 'too-large'
  | 'too-many'
  | 'aborted'
  | 'unsupported-type'
  | 'invalid-span'
  | 'spool-full';

/** Insert times from 5 ms to 10 s: below, nobody asks; above, something is wrong. */
const insertBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What the receivers have counted, as plain values: it crosses threads. */
export interface ReceiveSnapshot {
  receivedSpans: number;
  receivedBytes: number;
  rejectedSpans: ReadonlyMap<RejectReason, number>;
  rejectedRequests: ReadonlyMap<RejectReason, number>;
}

export class ReceiveCounts {
  #receivedSpans = 0;
  #receivedBytes = 0;
  readonly #rejectedSpans = new Map<RejectReason, number>();
  readonly #rejectedRequests = new Map<RejectReason, number>();

  /** Acknowledged, so in the spool. */
  received(spans: number, bytes: number): void {
    this.#receivedSpans += spans;
    this.#receivedBytes += bytes;
  }

  rejectedSpans(reason: RejectReason, spans: number): void {
    this.#rejectedSpans.set(reason, (this.#rejectedSpans.get(reason) ?? 0) + spans);
  }

  rejectedRequest(reason: RejectReason): void {
    this.#rejectedRequests.set(reason, (this.#rejectedRequests.get(reason) ?? 0) + 1);
  }

  snapshot(): ReceiveSnapshot {
    return {
      receivedSpans: this.#receivedSpans,
      receivedBytes: this.#receivedBytes,
      rejectedSpans: this.#rejectedSpans,
      rejectedRequests: this.#rejectedRequests,
    };
  }
}

/** What the receiving thread says of itself. */
interface Intake {
  received: ReceiveSnapshot;
  spool: { sizeBytes: number; segmentCount: number };
  cpuSeconds: number | undefined;
}

export class Metrics {
  #storedSpans = 0;
  #failedInserts = 0;
  #encodeCpuSeconds: number | undefined;
  readonly #insertCounts: number[] = insertBuckets.map(() => 0);
  #insertCount = 0;
  #insertSeconds = 0;
  readonly #loopDelay = monitorEventLoopDelay({ resolution: 5 });

  constructor() {
    this.#loopDelay.enable();
  }

  stop(): void {
    this.#loopDelay.disable();
  }

  encoded(cpuSeconds: number | undefined): void {
    this.#encodeCpuSeconds = cpuSeconds;
  }

  inserted(spans: number, seconds: number): void {
    this.#storedSpans += spans;
    this.#insertCount++;
    this.#insertSeconds += seconds;
    for (const [index, bound] of insertBuckets.entries()) {
      if (seconds <= bound) this.#insertCounts[index] = (this.#insertCounts[index] ?? 0) + 1;
    }
  }

  insertFailed(): void {
    this.#failedInserts++;
  }

  /** @param intake what the receiving thread has counted, where there is one */
  text(intake: Intake | undefined): string {
    return [...(intake ? this.#intakeLines(intake) : []), ...this.#processLines(intake), ''].join('\n');
  }

  #intakeLines({ received, spool }: Intake): string[] {
    return [
      ...simple(
        'sightline_received_spans_total',
        'counter',
        'Spans acknowledged to their senders.',
        received.receivedSpans,
      ),
      ...simple(
        'sightline_received_bytes_total',
        'counter',
        'Bytes of the bodies they came in, decompressed.',
        received.receivedBytes,
      ),
      ...labelled(
        'sightline_rejected_spans_total',
        'Spans refused one by one.',
        'reason',
        Object.fromEntries(received.rejectedSpans),
      ),
      ...labelled(
        'sightline_rejected_requests_total',
        'Requests refused as a whole.',
        'reason',
        Object.fromEntries(received.rejectedRequests),
      ),
      ...simple('sightline_spool_bytes', 'gauge', 'Bytes waiting in the spool for the store.', spool.sizeBytes),
      ...simple(
        'sightline_spool_segments',
        'gauge',
        'Segments waiting in the spool for the store.',
        spool.segmentCount,
      ),
      ...this.#writingLines(),
    ];
  }

  #writingLines(): string[] {
    return [
      ...simple('sightline_stored_spans_total', 'counter', 'Spans inserted into the store.', this.#storedSpans),
      ...simple(
        'sightline_failed_inserts_total',
        'counter',
        'Inserts that failed and were tried again.',
        this.#failedInserts,
      ),
      ...this.#insertHistogram(),
    ];
  }

  #processLines(intake: Intake | undefined): string[] {
    const threads = { serve: threadCpuSeconds(), receive: intake?.cpuSeconds, encode: this.#encodeCpuSeconds };
    return [
      ...this.#loopDelays(),
      ...labelled('sightline_thread_cpu_seconds_total', 'User and system CPU time of a thread.', 'thread', threads),
      ...simple('process_cpu_seconds_total', 'counter', 'User and system CPU time.', cpuSeconds()),
      ...simple('process_resident_memory_bytes', 'gauge', 'Resident memory.', process.memoryUsage.rss()),
    ];
  }

  /** Of the thread that serves the pages, since this was asked last. */
  #loopDelays(): string[] {
    const name = 'sightline_event_loop_delay_seconds';
    const delay = this.#loopDelay;
    const lines = [0.5, 0.99].map(
      (quantile) => `${name}{quantile="${quantile}"} ${delay.percentile(quantile * 100) / 1e9}`,
    );
    delay.reset();
    return [...head(name, 'gauge', 'How late the event loop was, since the last scrape.'), ...lines];
  }

  #insertHistogram(): string[] {
    const name = 'sightline_insert_seconds';
    return [
      ...head(name, 'histogram', 'How long inserts into the store took.'),
      ...insertBuckets.map((bound, index) => `${name}_bucket{le="${bound}"} ${this.#insertCounts[index]}`),
      `${name}_bucket{le="+Inf"} ${this.#insertCount}`,
      `${name}_sum ${this.#insertSeconds}`,
      `${name}_count ${this.#insertCount}`,
    ];
  }
}

/** CPU time of the calling thread since it began, in seconds, on Linux; elsewhere undefined: Node 20 does not know it. */
export function threadCpuSeconds(): number | undefined {
  try {
    // On the CPU in nanoseconds, then waiting for it, then how often.
    return Number.parseInt(readFileSync('/proc/thread-self/schedstat', 'latin1'), 10) / 1e9;
  } catch {
    return undefined;
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function head(name: string, type: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function simple(name: string, type: string, help: string, value: number): string[] {
  return [...head(name, type, help), `${name} ${value}`];
}

/** @param values by the label's value; those that are undefined are not known */
function labelled(
  name: string,
  help: string,
  label: string,
  values: Readonly<Record<string, number | undefined>>,
): string[] {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return [...head(name, 'counter', help), ...known.map(([of, value]) => `${name}{${label}="${of}"} ${value}`)];
}
