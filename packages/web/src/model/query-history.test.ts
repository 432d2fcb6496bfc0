import { expect, test } from 'vitest';
import { HistoryWalk, readHistory, withQuery } from './query-history.ts';

test('a query that is run again moves to the front, and fifty are kept', () => {
  expect(withQuery(['{ .a }', '{ .b }'], ' { .b } ')).toEqual(['{ .b }', '{ .a }']);
  expect(withQuery(['{ .a }'], '  ')).toEqual(['{ .a }']);
  const many = Array.from({ length: 50 }, (_, n) => `{ .a${n} }`);
  expect(withQuery(many, '{ .new }')).toEqual(['{ .new }', ...many.slice(0, 49)]);
});

test('what a browser kept may be anything', () => {
  expect(readHistory('["{ .a }", 7]')).toEqual(['{ .a }']);
  expect(readHistory('{"not": "a list"}')).toEqual([]);
  expect(readHistory('broken')).toEqual([]);
  expect(readHistory(null)).toEqual([]);
});

test('up leads to older queries, down back to what was being typed', () => {
  const walk = new HistoryWalk(['{ .b }', '{ .a }'], '{ .dra');
  expect(walk.step('newer')).toBeUndefined();
  expect(walk.step('older')).toBe('{ .b }');
  expect(walk.step('older')).toBe('{ .a }');
  expect(walk.step('older')).toBeUndefined();
  expect(walk.step('newer')).toBe('{ .b }');
  expect(walk.step('newer')).toBe('{ .dra');
});

test('the query that is there already is no step', () => {
  expect(new HistoryWalk(['{ .b }', '{ .a }'], '{ .b }').step('older')).toBe('{ .a }');
});
