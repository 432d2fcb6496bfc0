import { createSocket } from 'node:dgram';
import { expect, test } from 'vitest';
import { until } from '../../testing/fake-backend.ts';
import { batchOf, formatSender, richBatch, sendAll } from '../../testing/format-sender.ts';
import { jaegerReceiver } from '../../testing/receivers.ts';
import { counters } from '../counters.ts';

test('where nobody listens, the system says so: the spans are kept until somebody does', async () => {
  const port = await freeUdpPort();
  const sender = formatSender({ OTEL_TRACES_EXPORTER: 'jaeger', OTEL_EXPORTER_JAEGER_AGENT_PORT: String(port) });
  sender.push(batchOf('a', 'b'));
  await until(
    () => sender.isPaused,
    () => 'a pause',
  );
  expect(counters.lastProblem).toContain('ECONNREFUSED');
  await using receiver = await jaegerReceiver(port);
  await until(
    () => receiver.names.length === 2,
    () => 'both spans',
  );
  await until(
    () => sender.isIdle,
    () => 'an end',
  );
  expect(sender.queue.droppedSpans).toBe(0);
  sender.detach()?.destroy();
});

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

test('much at once leaves at a pace that a receiver keeps up with', async () => {
  await using receiver = await jaegerReceiver();
  const names = Array.from({ length: 4_000 }, (_, i) => `span ${i} ${'x'.repeat(400)}`);
  await sendAll(formatSender(receiver.env), batchOf(...names));
  await until(
    () => receiver.datagrams.length > 20 && receiver.names.length === names.length,
    () => `all spans, got ${receiver.names.length}`,
  );
  expect(Math.max(...receiver.datagrams.map(({ length }) => length))).toBeLessThanOrEqual(65_000);
});

test('a span that is larger than a datagram is dropped and counted, the others arrive', async () => {
  await using receiver = await jaegerReceiver();
  const before = { ...counters };
  await sendAll(formatSender(receiver.env), batchOf('a', 'x'.repeat(70_000), 'b'), richBatch());
  await until(
    () => receiver.names.length === 3,
    () => 'three spans',
  );
  expect(counters.droppedTooLarge - before.droppedTooLarge).toBe(1);
  expect(counters.sent - before.sent).toBe(3);
});
