/** For tests of receivers: a spool of their own, and what came into it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTraces, type Span, type TracesData } from '@sightline/wire';
import { type Logger, pino } from 'pino';
import { ReceiveCounts } from '../metrics.ts';
import { readSealed } from '../spool/read-sealed.ts';
import { Spool } from '../spool/spool.ts';

export class TestIntake {
  readonly spool: Spool;
  readonly metrics: ReceiveCounts = new ReceiveCounts();
  readonly log: Logger = pino({ level: 'silent' });
  readonly #directory: string;

  private constructor(spool: Spool, directory: string) {
    this.spool = spool;
    this.#directory = directory;
  }

  static async open(maxBytes = 40 * 1024 * 1024): Promise<TestIntake> {
    const directory = await mkdtemp(join(tmpdir(), 'sightline-receive-'));
    return new TestIntake(await Spool.open({ directory, maxBytes }), directory);
  }

  /** What came in since the last time, one for each request or datagram. */
  async received(): Promise<TracesData[]> {
    return (await this.payloads()).map((payload) => readTraces(payload));
  }

  /** The same as bytes. */
  async payloads(): Promise<Uint8Array[]> {
    await this.spool.seal();
    const payloads: Uint8Array[] = [];
    for (let segment = this.spool.sealed()[0]; segment; segment = this.spool.sealed()[0]) {
      payloads.push(...(await readSealed(this.#directory, segment)).payloads);
      await this.spool.remove(segment);
    }
    return payloads;
  }

  /** Waits for so many spans, across requests. */
  async spans(count: number): Promise<Span[]> {
    const spans: Span[] = [];
    for (const deadlineMs = Date.now() + 10_000; spans.length < count && Date.now() < deadlineMs; ) {
      for (const traces of await this.received()) spans.push(...spansOf(traces));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return spans;
  }

  async close(): Promise<void> {
    await this.spool.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

function spansOf({ resourceSpans }: TracesData): Span[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
