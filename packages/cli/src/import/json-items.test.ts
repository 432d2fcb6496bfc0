import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BrokenPart, type Item, type ItemPlace, itemsOf, JsonItems } from './json-items.ts';

/** In chunks that end where they like. */
function read(text: string, place: ItemPlace, chunkBytes = text.length || 1): (Item | BrokenPart)[] {
  const found: (Item | BrokenPart)[] = [];
  const items = new JsonItems(place, (part) => found.push(part));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) items.push(Buffer.from(bytes.subarray(at, at + chunkBytes)));
  items.end();
  return found;
}

function textOf(part: Item | BrokenPart): string {
  return 'problem' in part ? part.problem : Buffer.from(part.bytes).toString();
}

const anyItems = fc.array(fc.jsonValue({ maxDepth: 3, noUnicodeString: false }));
const anyIndent = fc.constantFrom(undefined, 1, 4);

test.each([
  ['a list', 'array', (items: unknown[]) => items],
  ['a member', { member: 'data' }, (items: unknown[]) => ({ a: 'data', more: { b: [1, '"]'] }, data: items, z: [[]] })],
  ['a member further down', { member: 'data' }, (items: unknown[]) => ({ result: { data: items } })],
] as const)('the items of %s are those that JSON.parse finds, however the text is cut', (_, place, wrap) => {
  fc.assert(
    fc.property(anyItems, anyIndent, fc.integer({ min: 1, max: 40 }), (items, indent, chunkBytes) => {
      const text = JSON.stringify(wrap(items as unknown[]), undefined, indent);
      const found = read(text, place, chunkBytes);
      expect(found.map((part) => JSON.parse(textOf(part)))).toEqual(JSON.parse(JSON.stringify(items)));
      for (const { byteOffset, line } of found) {
        expect(Buffer.from(text).subarray(0, byteOffset).toString().split('\n')).toHaveLength(line);
      }
    }),
  );
});

test('each value of a text is one, where that is asked for', () => {
  expect(read('\n{"a":[1]}{"b":2}\n[3] ', 'values', 3).map(textOf)).toEqual(['{"a":[1]}', '{"b":2}', '[3]']);
});

describe('lines that are documents', () => {
  const place = { member: 'list' };
  const good = '{"list":[1,{"a":"]}"}]}';

  test.each([
    ['is cut off', '{"list":[2,{"b":[', 'the line ends in the middle'],
    ['is cut off in a string', '{"list":[{"b":"x', 'a string has a byte that it may not have'],
    ['is cut off before its list', '{"first":"x","li', 'a string has a byte that it may not have'],
    ['closes too much', '{"list":[{"b":1]}', '"]" closes what is not open'],
    ['is something else', 'GET /index.html', 'no object begins here'],
    ['begins in the middle', '"a":1}]}', 'no object begins here'],
    ['has no list', '{"other":[3]}', 'there is no list "list" in it'],
  ])('one that %s is told, and the next is read', (_, broken, problem) => {
    for (const chunkBytes of [1, 2, 3, 5, 8, 13, 1_000]) {
      const found = read(`${good}\n${broken}\n${good}\n`, place, chunkBytes);
      const items = found.filter((part) => 'bytes' in part && part.line !== 2).map(textOf);
      expect(items).toEqual(['1', '{"a":"]}"}', '1', '{"a":"]}"}']);
      const problems = found.filter((part) => 'problem' in part);
      expect(problems.map((part) => [part.line, textOf(part)])).toEqual([[2, problem]]);
    }
  });

  test('what is broken at the end is told, too', () => {
    expect(read(`${good}\n{"list":[1`, place).map(textOf)).toEqual(['1', '{"a":"]}"}', 'the text ends in the middle']);
  });
});

test('no bytes make it throw, and what it gives stood in the text', () => {
  const hostile = fc.stringMatching(/^[{}[\]",:\\a \n1]*$/);
  fc.assert(
    fc.property(hostile, fc.constantFrom<ItemPlace>('values', 'array', { member: 'a' }), (text, place) => {
      for (const part of read(text, place, 3)) {
        if ('bytes' in part) expect(text.startsWith(textOf(part), part.byteOffset)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('a byte order mark is passed over', () => {
  expect(itemsOf(Buffer.from('\ufeff[1,2]'), 'array')?.map(textOf)).toEqual(['1', '2']);
});
