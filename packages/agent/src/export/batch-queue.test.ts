import { expect, test } from 'vitest';
import { counters } from '../counters.ts';
import { BatchQueue } from './batch-queue.ts';

const noLimit = { maxBytes: Number.POSITIVE_INFINITY, maxSpans: Number.POSITIVE_INFINITY };

function batch(text: string, spanCount = 1) {
  return { parts: [Buffer.from(text)], sizeBytes: text.length, spanCount, wasSent: false };
}

function text(queue: BatchQueue, limits = noLimit): string | undefined {
  const taken = queue.takeRequest(limits);
  return taken && Buffer.concat(taken.parts).toString();
}

test('batches become requests, oldest first, as large as the limits allow', () => {
  const queue = new BatchQueue(noLimit);
  for (const name of ['aa', 'bb', 'cc']) queue.push(batch(name));
  expect(text(queue, { maxBytes: 4, maxSpans: 10 })).toBe('aabb');
  queue.succeed();
  expect(text(queue, { maxBytes: 4, maxSpans: 10 })).toBe('cc');
  queue.succeed();
  expect(queue.isEmpty).toBe(true);
});

test('a batch above the limits goes alone', () => {
  const queue = new BatchQueue(noLimit);
  queue.push(batch('long', 9));
  queue.push(batch('b'));
  expect(text(queue, { maxBytes: 2, maxSpans: 2 })).toBe('long');
});

test('what was not answered goes first again', () => {
  const queue = new BatchQueue(noLimit);
  queue.push(batch('a'));
  queue.push(batch('b'));
  text(queue, { maxBytes: 1, maxSpans: 1 });
  queue.retry();
  expect(text(queue)).toBe('ab');
});

test('above its limits the oldest are dropped, and counted', () => {
  const queue = new BatchQueue({ maxBytes: 6, maxSpans: 10 });
  queue.push(batch('aaa', 3));
  queue.push(batch('bbb', 2));
  queue.push(batch('c', 1));
  expect(queue.droppedSpans).toBe(3);
  expect(text(queue)).toBe('bbbc');
});

test('what is in flight counts, and is not dropped before it fails', () => {
  const queue = new BatchQueue({ maxBytes: 100, maxSpans: 3 });
  queue.push(batch('a', 2));
  text(queue);
  queue.push(batch('b', 1));
  queue.push(batch('c', 1));
  expect(queue.droppedSpans).toBe(1);
  queue.fail();
  expect(queue.droppedSpans).toBe(3);
  expect(text(queue)).toBe('c');
});

test('spans that a request leaves out are given up once the others have arrived, and counted once', () => {
  const queue = new BatchQueue(noLimit);
  const before = { ...counters };
  queue.push(batch('a', 5));
  text(queue);
  queue.omit(2);
  queue.retry();
  expect(queue.spanCount).toBe(5);
  text(queue);
  queue.omit(2);
  queue.succeed(1);
  expect(queue.droppedSpans).toBe(3);
  expect(counters.droppedTooLarge - before.droppedTooLarge).toBe(2);
  expect(counters.droppedRejected - before.droppedRejected).toBe(1);
  expect(counters.sent - before.sent).toBe(2);
});
