import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AttributeList, limitAttributes, putAttribute, putAttributes, readAttribute } from './attributes.ts';

const none = Number.POSITIVE_INFINITY;

test.each([
  ['text', 'text'],
  ['', ''],
  [0, 0],
  [1.5, 1.5],
  [false, false],
  [[], []],
  [
    ['a', 'b'],
    ['a', 'b'],
  ],
  [
    [1, null, undefined],
    [1, null, null],
  ],
  [
    ['mixed', 1, true, ['deep']],
    ['mixed', 1, true, ['deep']],
  ],
  [
    { a: 1, b: { c: [true, null] }, left: undefined },
    { a: 1, b: { c: [true, null] } },
  ],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [Buffer.from([3, 4]), new Uint8Array([3, 4])],
])('keeps %j', (value, expected) => expect(readAttribute(value, none)).toEqual(expected));

test.each([
  [undefined],
  [null],
  [1n],
  [Symbol('s')],
  [() => 1],
  [new Date(0)],
  [new Error('e')],
  [new Map()],
  [new Float64Array(1)],
  [[1n]],
  [[() => 1]],
  [{ a: new Date(0) }],
])('does not take %s', (value) => expect(readAttribute(value, none)).toBeUndefined());

test('a value that holds itself, and one whose getter throws, are not taken', () => {
  const loop: unknown[] = [];
  loop.push(loop);
  expect(readAttribute(loop, none)).toBeUndefined();
  const throwing = Object.defineProperty({}, 'x', { enumerable: true, get: () => expect.unreachable() });
  expect(readAttribute(throwing, none)).toBeUndefined();
});

test('what the program changes afterwards is not seen', () => {
  const given = { list: ['a'], bytes: Buffer.from([1]) };
  const kept = readAttribute(given, none);
  given.list.push('b');
  given.bytes[0] = 9;
  expect(kept).toEqual({ list: ['a'], bytes: new Uint8Array([1]) });
});

test('a limit of length cuts texts and bytes wherever they stand', () => {
  expect(readAttribute('abcdef', 3)).toBe('abc');
  expect(readAttribute(['abcdef', 12345], 3)).toEqual(['abc', 12345]);
  expect(readAttribute({ a: { b: 'abcdef' } }, 3)).toEqual({ a: { b: 'abc' } });
  expect(readAttribute(new Uint8Array([1, 2, 3, 4]), 3)).toEqual(new Uint8Array([1, 2, 3]));
});

test('a key that is set again keeps its place and takes the new value, also in a full list', () => {
  const list: AttributeList = [];
  expect(putAttribute(list, 'a', 1, 2)).toBe(true);
  expect(putAttribute(list, 'b', 2, 2)).toBe(true);
  expect(putAttribute(list, 'c', 3, 2)).toBe(false);
  expect(putAttribute(list, 'a', 4, 2)).toBe(true);
  expect(list).toEqual(['a', 4, 'b', 2]);
});

test('a value that equals a key is not taken for it', () => {
  const list: AttributeList = ['a', 'b'];
  putAttribute(list, 'b', 1, none);
  expect(list).toEqual(['a', 'b', 'b', 1]);
});

test('of an object, the valid own attributes are taken and those over the limit counted', () => {
  const from = Object.assign(Object.create({ inherited: 1 }), { '': 1, a: 1, b: undefined, c: 1n, d: 2, e: 3 });
  const list: AttributeList = [];
  expect(putAttributes(list, from, 2, none)).toBe(1);
  expect(list).toEqual(['a', 1, 'd', 2]);
});

test.each([[undefined], [null], ['text'], [7]])('%j holds no attributes', (from) => {
  const list: AttributeList = [];
  expect(putAttributes(list, from, none, none)).toBe(0);
  expect(list).toEqual([]);
});

test('setting in any order ends as a Map would, held to the limit', () => {
  const operation = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer());
  fc.assert(
    fc.property(fc.array(operation), fc.nat(6), (operations, limit) => {
      const list: AttributeList = [];
      const model = new Map<string, number>();
      for (const [key, value] of operations) {
        const fits = model.has(key) || model.size < limit;
        expect(putAttribute(list, key, value, limit)).toBe(fits);
        if (fits) model.set(key, value);
      }
      expect(list).toEqual([...model].flat());
    }),
  );
});

test('a ready list is held to the limits in place', () => {
  const list: AttributeList = ['a', 'long text', 'b', 2, 'c', 3];
  expect(limitAttributes(list, 2, 4)).toBe(1);
  expect(list).toEqual(['a', 'long', 'b', 2]);
  expect(limitAttributes(list, 128, none)).toBe(0);
});
