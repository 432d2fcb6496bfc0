import { DecodeError, writeTraces } from '@sightline/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyTraces } from '../../../wire/src/otlp-arbitrary.fixture.ts';
import type { NativeBlock } from './native-block.ts';
import { readBlock } from './read-block.fixture.ts';
import { SpanEncoder } from './span-encoder.ts';

const good = writeTraces({
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'ab'.repeat(16),
              spanId: 'cd'.repeat(8),
              name: 'n',
              startTimeUnixNano: '1',
              endTimeUnixNano: '2',
            },
          ],
        },
      ],
    },
  ],
});

function encode(encoder: SpanEncoder, payload: Uint8Array): NativeBlock[] {
  encoder.append(payload);
  const { spans, spanNames, attributeKeys, spanMetrics } = encoder.finish(1_763_800_000_123);
  return [spans, spanNames, attributeKeys, spanMetrics];
}

const bytesOf = (blocks: NativeBlock[]): Buffer => Buffer.concat(blocks.flatMap(({ pieces }) => pieces));

const expected = bytesOf(encode(new SpanEncoder(), good));
const encoder = new SpanEncoder();

/** @returns the blocks; undefined where the bytes were found to be malformed */
function encodeAny(payload: Uint8Array): NativeBlock[] | undefined {
  try {
    return encode(encoder, payload);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  }
}

/** Places, as shares of the whole, and what is written there. */
const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), {
  maxLength: 4,
});

test('bytes that were changed or cut off are malformed or other spans, and never anything to what comes after them', async () => {
  let malformed = 0;
  await fc.assert(
    fc.asyncProperty(anyTraces, changes, fc.double({ min: 0, max: 1, noNaN: true }), async (traces, changes, share) => {
      const payload = writeTraces(traces);
      for (const [place, byte] of changes) payload[Math.floor(place * payload.length)] = byte;
      const blocks = encodeAny(payload.subarray(0, Math.ceil(Math.max(share, 0.5) * payload.length)));
      for (const block of blocks ?? []) await readBlock(block);
      if (!blocks) malformed++;
      expect(bytesOf(encode(encoder, good)).equals(expected)).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(malformed).toBeGreaterThan(30);
});

test('what says that it is longer than what is there is malformed', () => {
  const field = (tag: number, bytes: number[]): number[] => [tag, bytes.length, ...bytes];
  const spanOf = (bytes: number[]): Uint8Array => Uint8Array.from(field(0x0a, field(0x12, field(0x12, bytes))));
  const hostile = [
    [0x4a, 0x20, 0x0a, 0x01, 0x61],
    [0x4a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    [0x4a, 0x05, 0x0a, 0x7f, 0x61, 0x12, 0x00],
    [0x4a, 0x04, 0x12, 0x02, 0x0a, 0x7f],
    [0x4a, 0x03, 0x12, 0x01, 0x21],
    [0x39, 0x00],
    [0x85, 0x01, 0x00],
    [0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    [0x30, 0x80],
    [0x2b],
    [0x02],
  ];
  for (const bytes of hostile) expect(() => encoder.append(spanOf(bytes)), String(bytes)).toThrow(DecodeError);
});
