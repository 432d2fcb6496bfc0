import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RowWriter } from './row-writer.ts';

function written(write: (out: RowWriter) => void): string {
  const out = new RowWriter(1);
  write(out);
  return out.written().toString('latin1');
}

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const halves = (value: bigint): [number, number] => [
  Number((value >> 32n) & 0xffff_ffffn),
  Number(value & 0xffff_ffffn),
];

test('writes every unsigned 64-bit integer in decimal', () =>
  fc.assert(fc.property(uint64, (value) => written((out) => out.unsigned64(...halves(value))) === String(value))));

test('writes every signed 64-bit integer in decimal', () =>
  fc.assert(
    fc.property(
      uint64,
      (value) => written((out) => out.signed64(...halves(value))) === String(BigInt.asIntN(64, value)),
    ),
  ));

test.each([0, 9, 10, 99, 999_999_999, 2 ** 31, 2 ** 53 - 1])('writes %d', (value) =>
  expect(written((out) => out.unsigned(value))).toBe(String(value)),
);

test.each([
  ['1000000000', 10n ** 9n],
  ['4294967296', 2n ** 32n],
  ['18446744073709551615', 2n ** 64n - 1n],
  ['5000000000000000001', 5_000_000_000_000_000_001n],
])('keeps the zeros inside %s', (text, value) => expect(written((out) => out.unsigned64(...halves(value)))).toBe(text));

test('escapes what would end a value', () => {
  const text = Buffer.from("a\tb\nc\\d'e\0f\rg");
  expect(written((out) => out.quoted(text, 0, text.length))).toBe("'a\\tb\\nc\\\\d\\'e\\0f\\rg'");
});
