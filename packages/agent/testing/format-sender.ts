/** A sender as the agent would make it of its variables, in the test's own process. */
import { readConfig } from '../src/config.ts';
import type { Batch } from '../src/export/batch.ts';
import { createProtocol, type Protocol, type ProtocolSettings } from '../src/export/protocol.ts';
import { Sender } from '../src/export/sender.ts';
import { SpanBuffer } from '../src/export/span-buffer.ts';
import { createTarget } from '../src/export/target.ts';
import { createFormat } from '../src/formats/create-format.ts';
import { guard } from '../src/guard.ts';
import { collectSpans } from '../src/tracer/collect-spans.ts';
import { extract } from '../src/tracer/propagation.ts';
import type { Span } from '../src/tracer/span.ts';
import { Tracer } from '../src/tracer/tracer.ts';
import { until } from './fake-backend.ts';

export function formatSender(env: Readonly<Record<string, string>>): Sender {
  const { endpoint } = readConfig(env);
  const target = createTarget(endpoint, 'sightline-agent/test');
  const { timeoutMs, gzip } = endpoint;
  const settings: ProtocolSettings = { format: endpoint.format, target, timeoutMs, gzip, folder: '' };
  return new Sender({
    protocol: protocolOf(settings),
    destination: endpoint.url.host,
    gzip,
    timeoutMs,
    queue: { maxBytes: 8_000_000, maxSpans: 10_000 },
    request: { maxBytes: 1_000_000, maxSpans: 10_000 },
    onFree: () => {},
    runOutside: (fn) => fn(),
  });
}

/** From the sources, where the agent has exporters.cjs. */
function protocolOf(settings: ProtocolSettings): Protocol {
  return { ...createProtocol({ ...settings, format: 'http/protobuf' }), ...createFormat(settings, { guard }) };
}

/** Sends the batches one after the other, and lets the connection go. */
export async function sendAll(sender: Sender, ...batches: readonly Batch[]): Promise<void> {
  for (const batch of batches) {
    sender.push(batch);
    await until(
      () => sender.isIdle,
      () => 'an answer',
    );
  }
  sender.detach()?.destroy();
}

export function batchOf(...names: readonly string[]): Batch {
  return record(() => {
    for (const name of names) new Tracer({ name: 'test', version: '' }).startSpan(name, 1).end();
  });
}

/** One span that has something in every field. */
export function richBatch(): Batch {
  return record(() => {
    const parent = extract({
      traceparent: '00-8af7651916cd43dda448eb211c80319c-b7ad6b7169203331-03',
      tracestate: 'vendor=x',
    });
    const scope = { name: '@shop/orders', version: '1.2.3' };
    const span = new Tracer(scope).startSpan('POST /orders', 3, parent, 1_700_000_000_000.25) as Span;
    span.setAttributes({
      text: 'grün',
      'server.address': '10.0.0.7',
      'server.port': 8_080,
      large: 9_007_199_254_740_991,
      negative: -5,
      ratio: 0.25,
      flag: true,
      list: ['a', 'b'],
    });
    span.addEvent('retry', { attempt: 1 }, [1_700_000_000, 5_000_000]);
    span.addLink({
      context: { traceId: '0af7651916cd43dd8448eb211c80319d', spanId: '00f067aa0ba902b7', traceFlags: 1 },
      attributes: { why: 'batch' },
    });
    span.setStatus({ code: 2, message: 'no stock' });
    span.end(1_700_000_001_500.5);
  });
}

function record(work: () => void): Batch {
  const spans: Span[] = collectSpans();
  work();
  const buffer = new SpanBuffer(() => ['service.name', 'Shop', 'process.pid', 42]);
  for (const span of spans) buffer.add(span);
  return buffer.take() as Batch;
}
