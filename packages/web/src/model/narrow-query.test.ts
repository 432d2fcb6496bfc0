import { expect, test } from 'vitest';
import { narrowQuery, restOfQuery } from './narrow-query.ts';

const slow = ['duration >= 10ms', 'duration <= 1s'];

test.each([
  ['{ }', '{ duration >= 10ms && duration <= 1s }'],
  ['{}', '{ duration >= 10ms && duration <= 1s }'],
  ['{ .a = 1 }', '{ .a = 1 && duration >= 10ms && duration <= 1s }'],
  ['{ .a = 1 || .b }', '{ (.a = 1 || .b) && duration >= 10ms && duration <= 1s }'],
  ['{ .a || .b && .c }', '{ (.a || .b && .c) && duration >= 10ms && duration <= 1s }'],
  ['{ (.a = 1 || .b) && .c }', '{ (.a = 1 || .b) && .c && duration >= 10ms && duration <= 1s }'],
  ['{ .a = " && " && .b }', '{ .a = " && " && .b && duration >= 10ms && duration <= 1s }'],
  ['{ .a } >> { .b }', '{ .a } >> { .b } | { duration >= 10ms && duration <= 1s }'],
  ['{ .a } | count() > 2', '{ .a } | count() > 2 | { duration >= 10ms && duration <= 1s }'],
])('%s', (query, narrowed) => {
  expect(narrowQuery(query, slow, 'duration')).toBe(narrowed);
});

test('brushed again, the last stretch counts', () => {
  const once = narrowQuery('{ .duration = 1 }', slow, 'duration');
  expect(narrowQuery(once, ['duration >= 20ms'], 'duration')).toBe('{ .duration = 1 && duration >= 20ms }');
});

test('a condition that is there already is not repeated', () => {
  expect(narrowQuery('{ .a = 1 && .b = 2 }', ['.a = 1'])).toBe('{ .b = 2 && .a = 1 }');
});

/** `¦` is the cursor. */
test.each([
  ['{ ¦ }', undefined],
  ['{ name = "¦" }', undefined],
  ['{ name = "a" && span.b = ¦', '{ name = "a" }'],
  ['{ name = "a" && ¦ && kind = server }', '{ name = "a" && kind = server }'],
  ['{ name = "a" && (span.b = 1 || span.c = ¦) && kind = server }', '{ name = "a" && kind = server }'],
  ['{ name = "a" || span.b = ¦ }', undefined],
  ['{ name = "a" } >> { kind = server && span.b = ¦ }', '{ kind = server }'],
  ['{ name = "a" } | rate() by (¦', '{ name = "a" }'],
  ['¦', undefined],
])('the rest of %s', (query, rest) => {
  expect(restOfQuery(query.replace('¦', ''), query.indexOf('¦'))).toBe(rest);
});
