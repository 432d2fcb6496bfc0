import type { TracesData } from '@sightline/wire';
import { sendTraces, spanIdsOf, traceOf } from '../traces.fixture.ts';

/** Sends all that a server takes, and knows what became of it. */
export class SpanLoad {
  /** Span ids, each with the round that sent it. */
  readonly acknowledged: Map<string, string> = new Map();
  readonly sent: Set<string> = new Set();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Until the server does not answer any more. @param otlpHttp its address */
  async run(otlpHttp: string, round: string): Promise<void> {
    await Promise.all(Array.from({ length: 4 }, () => this.#sender(otlpHttp, round)));
  }

  async #sender(otlpHttp: string, round: string): Promise<void> {
    for (;;) {
      const traces = traceOf(1 + Math.floor(this.#random() * 200), round);
      if (this.#random() < 0.1) enlarge(traces);
      const ids = spanIdsOf(traces);
      for (const id of ids) this.sent.add(id);
      const status = await statusOf(sendTraces(otlpHttp, traces));
      if (status === undefined) return;
      if (status === 200) for (const id of ids) this.acknowledged.set(id, round);
    }
  }
}

/** A write of many pages can be torn in more places. */
function enlarge(traces: TracesData): void {
  const span = traces.resourceSpans[0]?.scopeSpans[0]?.spans[0];
  if (span) span.attributes = [{ key: 'long', value: { stringValue: 'x'.repeat(300_000) } }];
}

/** Also of a body that broke off: an answer counts once its head is there. */
async function statusOf(response: Promise<Response>): Promise<number | undefined> {
  try {
    const { status, body } = await response;
    await body?.cancel();
    return status;
  } catch {
    return undefined;
  }
}
