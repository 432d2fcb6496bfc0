import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizeTraceState, parseTraceState } from './trace-state.ts';

const many = Array.from({ length: 32 }, (_, i) => `k${i}=v`);

test.each([
  ['', ''],
  ['a=1', 'a=1'],
  [' a=1 ,\tb=2 ,, ', 'a=1,b=2'],
  ['a=1,a=2', 'a=1'],
  ['a= 1', 'a= 1'],
  ['0a=1', '0a=1'],
  [many.join(','), many.join(',')],
])('%j becomes %j', (header, expected) => expect(normalizeTraceState(header)).toBe(expected));

test.each([
  'a',
  'a=',
  '=1',
  'A=1',
  '@a=1',
  'a b=1',
  'a=1=2',
  'a=\u00e9',
  'a=\u0007',
  `a=${'v'.repeat(257)}`,
  `${'k'.repeat(257)}=1`,
  [...many, 'x=1'].join(','),
  'good=1,B=2',
])('all of %j counts for nothing', (header) => expect(normalizeTraceState(header)).toBe(''));

test('the API reads, adds to the front, and removes; nothing changes in place', () => {
  const state = parseTraceState('a=1,b=2');
  expect(state.get('b')).toBe('2');
  expect(state.get('c')).toBeUndefined();
  expect(state.set('b', '3').serialize()).toBe('b=3,a=1');
  expect(state.set('c', '4').unset('a').serialize()).toBe('c=4,b=2');
  expect(state.set('Not a key', 'x').set('a', 'not,a value').serialize()).toBe('a=1,b=2');
  expect(state.serialize()).toBe('a=1,b=2');
});

test('the 33rd member pushes the oldest out', () => {
  expect(parseTraceState(many.join(',')).set('x', '1').serialize()).toBe(['x=1', ...many.slice(0, 31)].join(','));
});

test('any text gives a state that is read as itself, or none', () => {
  const anything = fc.oneof(fc.string(), fc.stringMatching(/^[a-c@ ,=\t]*$/));
  fc.assert(
    fc.property(anything, (header) => {
      const normal = normalizeTraceState(header);
      expect(normalizeTraceState(normal)).toBe(normal);
      expect(parseTraceState(header).serialize()).toBe(normal);
    }),
    { numRuns: 1_000 },
  );
});
