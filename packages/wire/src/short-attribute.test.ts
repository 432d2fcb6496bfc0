import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeyValue } from './otlp.ts';
import { readTraces } from './otlp-read.ts';
import { writeTraces } from './otlp-write.ts';
import { shortAttributeEnd, shortAttributeKeyEnd } from './short-attribute.ts';

/** A KeyValue as it stands in the bytes of a resource, from its length on. */
function bytesOf(attribute: KeyValue): Uint8Array {
  const bytes = writeTraces({ resourceSpans: [{ resource: { attributes: [attribute] }, scopeSpans: [] }] });
  // Two messages around it, each a tag and a length, then its own tag.
  let at = 0;
  for (let around = 0; around < 2; around++) {
    at++;
    while ((bytes[at++] as number) >= 0x80);
  }
  return bytes.subarray(at + 1);
}

/** What the general reader makes of a KeyValue's bytes, from its length on. */
function readBack(bytes: Uint8Array): KeyValue[] | undefined {
  const resource = [0x0a, ...bytes];
  const inner = [0x0a, resource.length, ...resource];
  return readTraces(Uint8Array.from([0x0a, inner.length, ...inner])).resourceSpans?.[0]?.resource?.attributes;
}

const value = fc.oneof(
  fc.string({ maxLength: 90 }).map((stringValue) => ({ stringValue })),
  fc.bigInt(0n, 2n ** 62n).map((int) => ({ intValue: String(int) })),
  fc.double({ noNaN: true }).map((doubleValue) => ({ doubleValue })),
  fc.boolean().map((boolValue) => ({ boolValue })),
);
const attribute = fc.record<KeyValue>({ key: fc.string({ minLength: 1, maxLength: 25 }), value });

test('what exporters write is recognized when it is short, and found to end where it does', () => {
  fc.assert(
    fc.property(attribute, (written) => {
      const bytes = bytesOf(written);
      const end = shortAttributeEnd(bytes, 0, bytes.length);
      if ((bytes[0] as number) < 0x80) {
        expect(end).toBe(bytes.length);
        expect(Buffer.from(bytes.subarray(3, shortAttributeKeyEnd(bytes, 0))).toString()).toBe(written.key);
      } else expect(end).toBe(-1);
      expect(shortAttributeEnd(bytes, 0, bytes.length - 1), 'one that is cut off').toBe(-1);
    }),
  );
});

test('what is recognized is what the general reader reads as one attribute with one value', () => {
  let recognized = 0;
  const mutated = fc.tuple(attribute, fc.nat(), fc.nat(255), fc.boolean()).map(([written, at, byte, isWhole]) => {
    const bytes = Uint8Array.from(bytesOf(written));
    if (!isWhole) bytes[at % bytes.length] = byte;
    return bytes;
  });
  fc.assert(
    fc.property(mutated, (bytes) => {
      const end = shortAttributeEnd(bytes, 0, bytes.length);
      if (end < 0) return;
      recognized++;
      const [read, ...others] = readBack(bytes.subarray(0, end)) ?? [];
      expect(others).toEqual([]);
      expect(Object.keys(read?.value ?? {})).toHaveLength(1);
      const key = bytes.subarray(3, shortAttributeKeyEnd(bytes, 0));
      expect(read?.key).toBe(Buffer.from(key).toString());
    }),
    { numRuns: 2000 },
  );
  expect(recognized).toBeGreaterThan(200);
});
