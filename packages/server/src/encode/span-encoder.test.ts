import { type KeyValue, type TracesData, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Column } from '../decode/columns.ts';
import { readBlock } from './read-block.fixture.ts';
import { SpanEncoder } from './span-encoder.ts';

const text = (key: string, stringValue: string): KeyValue => ({ key, value: { stringValue } });

/** Services that have nothing in common, with keys of their own. */
function strangers(count: number): TracesData {
  return {
    resourceSpans: Array.from({ length: count }, (_, i) => ({
      resource: { attributes: [text('service.name', `service ${i}`), text(`resource key ${i}`, '')] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'ab'.repeat(16),
              spanId: (i + 1).toString(16).padStart(16, '0'),
              name: `name ${i}`,
              startTimeUnixNano: '1',
              endTimeUnixNano: '2',
              attributes: [text(`span key ${i}`, '')],
            },
          ],
        },
      ],
    })),
  };
}

test('what a batch takes goes by its size, not by how many services meet how many keys', () => {
  const payload = writeTraces(strangers(50_000));
  const encoder = new SpanEncoder(0);
  const before = process.cpuUsage();
  encoder.append(payload, undefined);
  const batch = encoder.finish(1_763_800_000_123);
  const { user, system } = process.cpuUsage(before);
  expect(batch.spanCount).toBe(50_000);
  expect(batch.attributeKeys.rowCount, 'two of the resource, one of the span').toBe(150_000);
  expect((user + system) / 1e6).toBeLessThan(5);
  const bytes = [batch.spans, batch.spanNames, batch.attributeKeys].flatMap(({ pieces }) => pieces);
  expect(Buffer.concat(bytes).length).toBeLessThan(8 * payload.length);
});

/** What 32 bits of seconds hold, in the year 2106: later spans are counted in the last hour and minute of it. */
const lastSecond = 4_294_967_295n;
const lastHour = 4_294_965_600;
const lastMinute = 4_294_967_280;

test('a span is counted in the hour and the minute of its start, also beside a full second', () => {
  const starts = fc
    .tuple(
      fc.oneof(fc.bigInt(0n, lastSecond), fc.bigInt(0n, 18_446_744_072n)),
      fc.oneof(fc.constantFrom(0n, 1n, 999_999_999n), fc.bigInt(0n, 999_999_999n)),
    )
    .map(([seconds, rest]) => ({ seconds: Number(seconds), nano: seconds * 1_000_000_000n + rest }));
  const encoder = new SpanEncoder();
  return fc.assert(
    fc.asyncProperty(starts, async ({ seconds, nano }) => {
      const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name: 'n', endTimeUnixNano: '0' };
      encoder.append(
        writeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, startTimeUnixNano: String(nano) }] }] }] }),
      );
      const { spanNames, spanMetrics } = encoder.finish(1_763_800_000_123);
      const names = await readBlock<{ hour_unix: Column<number> }>(spanNames);
      const metrics = await readBlock<{ minute_unix: Column<number> }>(spanMetrics);
      expect(names?.columns.hour_unix.at(0)).toBe(Math.min(seconds - (seconds % 3600), lastHour));
      expect(metrics?.columns.minute_unix.at(0)).toBe(Math.min(seconds - (seconds % 60), lastMinute));
    }),
    { numRuns: 200 },
  );
});

test('each span is in the batch of its shard, and in no other', () => {
  const traceIds = fc.array(
    fc.uint8Array({ minLength: 16, maxLength: 16 }).filter((id) => id.some((byte) => byte > 0)),
    { minLength: 1, maxLength: 50 },
  );
  const slots = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 7 });
  const encoder = new SpanEncoder();
  return fc.assert(
    fc.asyncProperty(traceIds, slots, async (ids, slots) => {
      const hex = ids.map((id) => Buffer.from(id).toString('hex'));
      const times = { startTimeUnixNano: '1', endTimeUnixNano: '2' };
      const spans = hex.map((traceId) => ({ traceId, spanId: 'cd'.repeat(8), name: 'n', ...times }));
      const payload = writeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
      const shardOf = (id: string): number => slots[Number.parseInt(id.slice(-8), 16) % slots.length] as number;
      for (const shard of [1, 2, 3]) {
        encoder.append(payload, { shard, slots });
        const batch = encoder.finish(1);
        const block = await readBlock<{ trace_id: Column<string> }>(batch.spans);
        const found = Array.from({ length: batch.spanCount }, (_, row) => block?.columns.trace_id.at(row));
        expect(found).toEqual(hex.filter((id) => shardOf(id) === shard));
      }
    }),
  );
});
