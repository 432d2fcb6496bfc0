import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hexOfSpanId, isHex, newTraceId, randomWord, readTraceId, readWord } from './ids.ts';

test('an id keeps its hex text through words and back', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-f]{32}$/), (text) => {
      expect(readTraceId(text, 0).hex()).toBe(text);
      expect(hexOfSpanId(readWord(text, 4), readWord(text, 12))).toBe(text.slice(4, 20));
    }),
  );
});

test('upper-case hex is read as its lower case', () => {
  expect(readTraceId('0AF7651916CD43DD8448EB211C80319C', 0).hex()).toBe('0af7651916cd43dd8448eb211c80319c');
});

test('words are signed, the first digit of an id the highest', () => {
  const id = readTraceId('ffffffff000000010000000a7fffffff', 0);
  expect([id.a, id.b, id.c, id.d]).toEqual([-1, 1, 10, 0x7fffffff]);
});

test('100,000 new trace ids are valid and distinct', () => {
  const seen = new Set<string>();
  for (let i = 0; i < 100_000; i++) seen.add(newTraceId().hex());
  expect(seen.size).toBe(100_000);
  expect(seen.has('0'.repeat(32))).toBe(false);
});

test('every bit of a random word is set about half of the time', () => {
  const counts = new Array<number>(32).fill(0);
  for (let i = 0; i < 40_000; i++) {
    const word = randomWord();
    for (let bit = 0; bit < 32; bit++) counts[bit] = (counts[bit] ?? 0) + ((word >>> bit) & 1);
  }
  for (const count of counts) expect(Math.abs(count - 20_000)).toBeLessThan(1_000); // ten standard deviations
});

test.each([
  ['0af7651916cd43dd', 16, true],
  ['0AF7651916CD43DD', 16, true],
  ['0af7651916cd43d', 16, false],
  ['0af7651916cd43dg', 16, false],
  ['', 0, true],
  [undefined, 16, false],
  [7, 1, false],
])('%j as %i hex digits: %j', (text, length, expected) => expect(isHex(text, length)).toBe(expected));
